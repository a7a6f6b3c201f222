/// What a keyword has brought altogether: a row of `rollup_total`.
struct KeywordTotal {
  let number: Int64
  let text: String
  let reportCount: UInt64
  /// Days since the epoch.
  let firstDay: Int64
  let lastDay: Int64
}
