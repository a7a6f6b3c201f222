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

  /// What events are about.
  enum Subject: String, CaseIterable {
    /// Places and keywords by the skew.
    case skewed
    /// All of them in one cell, and of the same keywords.
    case one
    /// Each in another cell, of keywords that nobody else has; so many sources that none has used up its new keywords of a day.
    case different
  }

  /// How events are called.
  enum Naming: String, CaseIterable {
    /// By their number.
    case counted
    /// As somebody would who hopes that the table keeps them by their bytes: one source, ids of one length, and of half of them all the
    /// low bits agree.
    case adversarial
  }

  var seed: UInt64 = 20_150_127
  var eventCount = 2_000_000
  /// Event time that the stream spans.
  var hours = 6.0
  var skew = Skew.zipf
  var layout = Layout.repeated
  var subject = Subject.skewed
  var naming = Naming.counted
  /// Of a thousand events, how many are sent again.
  var duplicatePerMille = 50
  var keywordCount = 200
  /// Of a thousand events, how many are another's source and id with another reporter.
  var conflictPerMille = 0
  /// Of a thousand events, how many are a day too old.
  var latePerMille = 0
  /// Of a thousand events, how many are not as they should be: cut off, no JSON, or with a member that is wrong.
  var malformedPerMille = 0

  /// The same, with no more events than that and as many an hour.
  func shortened(to count: Int) -> StreamSettings {
    guard count < eventCount else { return self }
    var other = self
    other.hours *= Double(count) / Double(eventCount)
    other.eventCount = count
    return other
  }
}
