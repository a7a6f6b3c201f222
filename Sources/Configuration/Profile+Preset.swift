package import Engine

extension Profile {
  /// The preset that a profile was made from: the one that its name calls, up to the `#`.
  package var preset: Profile {
    let name = name.prefix { $0 != "#" }
    return Self.presets.first { $0.name == name } ?? .city
  }

  /// Whether two profiles differ in nothing but what comes behind the `#` of their names.
  func isSame(as other: Profile) -> Bool {
    var (one, two) = (self, other)
    one.name = preset.name
    two.name = other.preset.name
    return one == two
  }
}
