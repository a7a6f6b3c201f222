/// From when on an identity is forgotten.
package enum DeduplicationWindow: String, CaseIterable, Sendable {
  /// A time after it was first seen: what is sent again and again counts once a window.
  case fixed
  /// A time after it was last seen: what is sent again and again counts once, and is remembered as long as that goes on.
  case sliding
}
