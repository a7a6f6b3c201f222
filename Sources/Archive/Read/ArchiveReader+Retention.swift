import Engine
import Reports
import SQLite

extension ArchiveReader {
  /// How long each tier is kept, and how far back it goes.
  package func retention() throws(ArchiveError) -> [RetentionExtent] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare("SELECT days, complete_since FROM retention WHERE tier = ?1")
        var extents: [RetentionExtent] = []
        for tier in RetentionTier.allCases {
          try select.bind(tier.rawValue, at: 1)
          var extent = RetentionExtent(tier: tier)
          if try select.step() {
            extent.days = select.integer(0).map { Int($0) }
            extent.completeSince = select.isNull(1) ? nil : select.timestamp(1)
          }
          select.reset()
          extents.append(extent)
        }
        return extents
      }
    }
  }
}
