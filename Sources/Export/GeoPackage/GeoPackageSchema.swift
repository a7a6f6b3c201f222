/// The tables that make an SQLite file a GeoPackage 1.4 (OGC 12-128r19, annex C), and the triggers of its index extension (F.3).
enum GeoPackageSchema {
  /// "GPKG" in the file's header.
  static let applicationID: Int32 = 0x4750_4b47
  /// 1.4.0.
  static let userVersion: Int32 = 10_400

  static let script = """
    CREATE TABLE gpkg_spatial_ref_sys (
      srs_name TEXT NOT NULL,
      srs_id INTEGER PRIMARY KEY,
      organization TEXT NOT NULL,
      organization_coordsys_id INTEGER NOT NULL,
      definition TEXT NOT NULL,
      description TEXT
    );
    INSERT INTO gpkg_spatial_ref_sys VALUES
      ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
      ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
      ('WGS 84 geodetic', 4326, 'EPSG', 4326, '\(wgs84)',
        'longitude and latitude in decimal degrees on the WGS 84 spheroid');
    CREATE TABLE gpkg_contents (
      table_name TEXT NOT NULL PRIMARY KEY,
      data_type TEXT NOT NULL,
      identifier TEXT UNIQUE,
      description TEXT DEFAULT '',
      last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
      min_x DOUBLE,
      min_y DOUBLE,
      max_x DOUBLE,
      max_y DOUBLE,
      srs_id INTEGER,
      CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
    );
    CREATE TABLE gpkg_geometry_columns (
      table_name TEXT NOT NULL,
      column_name TEXT NOT NULL,
      geometry_type_name TEXT NOT NULL,
      srs_id INTEGER NOT NULL,
      z TINYINT NOT NULL,
      m TINYINT NOT NULL,
      CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
      CONSTRAINT uk_gc_table_name UNIQUE (table_name),
      CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
      CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
    );
    CREATE TABLE gpkg_extensions (
      table_name TEXT,
      column_name TEXT,
      extension_name TEXT NOT NULL,
      definition TEXT NOT NULL,
      scope TEXT NOT NULL,
      CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
    );
    """

  /// Well-known text of EPSG 4326 (OGC 01-009).
  private static let wgs84 = """
    GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],\
    PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],\
    AUTHORITY["EPSG","4326"]]
    """

  /// A layer's table: `fid`, the geometry where there is one, and a column a field.
  static func table(_ layer: Layer) -> String {
    let geometry = layer.geometry.map { ["geom \($0.rawValue)"] } ?? []
    let columns = ["fid INTEGER PRIMARY KEY NOT NULL"] + geometry + layer.fields.map { "\(columnName($0.name)) \(type($0.kind))" }
    return "CREATE TABLE \(layer.name) (\n  \(columns.joined(separator: ",\n  "))\n)"
  }

  private static func type(_ kind: Layer.Kind) -> String {
    switch kind {
    case .text: "TEXT"
    case .integer: "INTEGER"
    case .number: "DOUBLE"
    case .flag: "BOOLEAN"
    case .time: "DATETIME"
    case .place, .box: preconditionFailure("a field is no place and no box")
    }
  }

  /// `reportCount` as `report_count`: the lower case that the standard asks for, and the names of the store.
  static func columnName(_ name: String) -> String {
    name.reduce(into: "") { text, character in
      if character.isUppercase { text += "_" }
      text += character.lowercased()
    }
  }

  static func indexName(_ layer: Layer) -> String { "rtree_\(layer.name)_geom" }

  static func index(_ layer: Layer) -> String {
    "CREATE VIRTUAL TABLE \"\(indexName(layer))\" USING rtree(id, minx, maxx, miny, maxy)"
  }

  /// What keeps the index true when somebody edits the layer.
  static func triggers(_ layer: Layer) -> String {
    let (table, index) = ("\"\(layer.name)\"", "\"\(indexName(layer))\"")
    let bounds = "ST_MinX(NEW.\"geom\"), ST_MaxX(NEW.\"geom\"), ST_MinY(NEW.\"geom\"), ST_MaxY(NEW.\"geom\")"
    let isThere = "(NEW.\"geom\" NOTNULL AND NOT ST_IsEmpty(NEW.\"geom\"))"
    let isNotThere = "(NEW.\"geom\" ISNULL OR ST_IsEmpty(NEW.\"geom\"))"
    func trigger(_ name: String, _ event: String, when condition: String, _ actions: String...) -> String {
      "CREATE TRIGGER \"\(indexName(layer))_\(name)\" AFTER \(event) ON \(table)\n  WHEN \(condition)\nBEGIN\n"
        + actions.map { "  \($0);\n" }.joined() + "END;"
    }
    let put = "INSERT OR REPLACE INTO \(index) VALUES (NEW.\"fid\", \(bounds))"
    return [
      trigger("insert", "INSERT", when: isThere, put),
      trigger(
        "update2", "UPDATE OF \"geom\"", when: "OLD.\"fid\" = NEW.\"fid\" AND \(isNotThere)",
        "DELETE FROM \(index) WHERE id = OLD.\"fid\""),
      trigger(
        "update4", "UPDATE", when: "OLD.\"fid\" != NEW.\"fid\" AND \(isNotThere)",
        "DELETE FROM \(index) WHERE id IN (OLD.\"fid\", NEW.\"fid\")"),
      trigger(
        "update5", "UPDATE", when: "OLD.\"fid\" != NEW.\"fid\" AND \(isThere)",
        "DELETE FROM \(index) WHERE id = OLD.\"fid\"", put),
      trigger(
        "update6", "UPDATE OF \"geom\"",
        when: "OLD.\"fid\" = NEW.\"fid\" AND \(isThere) AND (OLD.\"geom\" NOTNULL AND NOT ST_IsEmpty(OLD.\"geom\"))",
        """
        UPDATE \(index) SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"), miny = ST_MinY(NEW."geom"), \
        maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid"
        """),
      trigger(
        "update7", "UPDATE OF \"geom\"",
        when: "OLD.\"fid\" = NEW.\"fid\" AND \(isThere) AND (OLD.\"geom\" ISNULL OR ST_IsEmpty(OLD.\"geom\"))",
        "INSERT INTO \(index) VALUES (NEW.\"fid\", \(bounds))"),
      trigger("delete", "DELETE", when: "OLD.\"geom\" NOT NULL", "DELETE FROM \(index) WHERE id = OLD.\"fid\""),
    ].joined(separator: "\n")
  }
}
