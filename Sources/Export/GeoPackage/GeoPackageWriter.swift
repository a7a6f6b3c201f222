package import Render
package import Reports
import SQLite

/// Writes a GeoPackage 1.4: a table a layer, features in the order in which they are told, indexes at the end of each layer.
///
/// One transaction, statements prepared once a layer, nothing kept in memory but SQLite's cache. The file is new, and nobody knows it
/// before `OutputFile` names it: no journal on the disk is needed to undo what is taken away whole.
package struct GeoPackageWriter: FeatureWriter, ~Copyable {
  private static let cacheKibibytes = 32_768

  private var output: OutputFile
  private let connection: Connection
  private let exportedAt: Timestamp
  private let check: () throws -> Void
  private var layer: GeoPackageLayer?

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - exportedAt: When the layers were last changed, for whoever asks.
  ///   - check: Called now and then while indexes are made; what it throws ends the work.
  package init(
    _ output: consuming OutputFile, exportedAt: Timestamp, check: @escaping () throws -> Void
  ) throws {
    let connection = try Self.open(output.partialPath, for: output.path)
    self.init(output: output, connection: connection, exportedAt: exportedAt, check: check)
  }

  private init(
    output: consuming OutputFile, connection: consuming Connection, exportedAt: Timestamp, check: @escaping () throws -> Void
  ) {
    self.output = output
    self.connection = connection
    self.exportedAt = exportedAt
    self.check = check
  }

  /// An empty GeoPackage, in the transaction that fills it.
  private static func open(_ partialPath: String, for path: String) throws(OutputError) -> Connection {
    do throws(SQLiteError) {
      let connection = try Connection(path: partialPath, mode: .readWrite)
      connection.allowShadowTables()
      try connection.execute(
        """
        PRAGMA page_size = 4096;
        PRAGMA encoding = 'UTF-8';
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = MEMORY;
        PRAGMA synchronous = OFF;
        PRAGMA cache_size = -\(cacheKibibytes)
        """)
      try connection.setApplicationID(GeoPackageSchema.applicationID)
      try connection.setUserVersion(GeoPackageSchema.userVersion)
      try connection.execute("BEGIN IMMEDIATE")
      try connection.execute(GeoPackageSchema.script)
      return connection
    } catch {
      throw OutputError(error, path: path)
    }
  }

  package mutating func begin(_ layer: Layer) throws {
    precondition(self.layer == nil, "the layer before has ended")
    do {
      self.layer = try GeoPackageLayer(layer, on: connection)
    } catch {
      throw OutputError(error, path: output.path)
    }
  }

  package mutating func add(_ row: [Cell], _ shape: Shape?) throws {
    do throws(SQLiteError) {
      try layer?.add(row, shape)
    } catch {
      throw OutputError(error, path: output.path)
    }
  }

  package mutating func end() throws {
    guard let layer = layer.take() else { return }
    do {
      try layer.finish(exportedAt, on: connection, check: check)
      try connection.execute("DROP TABLE IF EXISTS temp.entry")
    } catch let error as SQLiteError {
      throw OutputError(error, path: output.path)
    }
  }

  package mutating func finish() throws {
    do throws(SQLiteError) {
      try connection.execute("COMMIT")
      // What a reader finds: the mode that needs no files beside it.
      try connection.execute("PRAGMA journal_mode = DELETE")
    } catch {
      throw OutputError(error, path: output.path)
    }
    try output.finish()
  }
}
