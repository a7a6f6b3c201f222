/// What came of reading a configuration anew while it is in force.
package struct Reload: Equatable, Sendable {
  /// The settings that hold now, by their paths in the file.
  package var applied: [String] = []
  /// Those that differ in the file and hold from the next start.
  package var kept: [String] = []

  package init(applied: [String] = [], kept: [String] = []) {
    self.applied = applied
    self.kept = kept
  }
}

extension Configuration {
  /// Takes over from another configuration what may change while the aggregator runs.
  package mutating func reload(_ new: Configuration) -> Reload {
    var reload = Reload()
    for section in Section.all {
      let part = section.reload(new, &self)
      reload.applied += part.applied
      reload.kept += part.kept
    }
    return reload
  }
}
