/// What a stream of events is like.
struct StreamSettings {
  /// Where reports come from, and of what.
  enum Skew: String, CaseIterable {
    /// Every place and keyword is as likely as the other.
    case uniform
    /// The n-th of 2,048 places and of the keywords is told of as often as 1/n says.
    case zipf
    /// The same, but half of all reports come from one cell.
    case hot
  }

  /// How the members of an event are laid out.
  enum Layout: String, CaseIterable {
    /// Always the same members in the same order.
    case repeated
    /// Eight orders of members, some with white space, escapes and members that nobody reads.
    case varied
    /// Of 256 events in a row none like the other.
    case many
  }

  var seed: UInt64 = 20_150_127
  var eventCount = 2_000_000
  /// Event time that the stream spans.
  var hours = 6.0
  var skew = Skew.zipf
  var layout = Layout.repeated
  /// Of a thousand events, how many are sent again.
  var duplicatePerMille = 50
  var keywordCount = 200
  /// Of a thousand events, how many are not as they should be: cut off, no JSON, or with a member that is wrong.
  var malformedPerMille = 0
}
