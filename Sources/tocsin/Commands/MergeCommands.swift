import Archive
import Arguments
import Engine

/// `tocsin merge` and `unmerge`: incidents that are one, though the stream does not tell.
enum MergeCommands {
  static let merge = Command(
    "merge", "List one incident for two that are the same", operands: ["ID", "INTO"],
    flags: [ActFlags.reason, ActFlags.analyst, CommonFlags.store],
    examples: [
      .init("tocsin merge 51w0 6k3t --reason \"one burst main\"", "51w0 is not listed any more, 6k3t stands for both"),
      .init("tocsin unmerge 51w0 --reason \"two mains after all\"", "and back"),
    ])

  static let unmerge = Command(
    "unmerge", "Take a merge back: list an incident by itself again", operands: ["ID"],
    flags: [ActFlags.reason, ActFlags.analyst, CommonFlags.store],
    examples: [
      .init("tocsin unmerge 51w0 --reason \"two mains after all\"", "what was merged into 51w0 goes with it"),
      .init("tocsin show 6k3t", "names what was merged into it"),
    ])

  static func merge(_ arguments: ParsedArguments) throws -> ExitCode {
    let reason = try ActFlags.reason(arguments)
    let session = try ActSession(arguments)
    guard let member = try session.incident(arguments.operands[0], "merge"),
      let head = try session.incident(arguments.operands[1], "merge")
    else { return .nothingFound }
    let outcome = try session.writer().merge(member, into: head, reason: reason)
    if case .done(_, let part, let whole) = outcome {
      if part != member { Output.complain("\(member) was merged into \(part), which is listed for it") }
      if whole != head { Output.complain("\(head) was merged into \(whole), which is listed for it") }
    }
    return say(outcome, session) { "\($0) is merged into \($1)" }
  }

  static func unmerge(_ arguments: ParsedArguments) throws -> ExitCode {
    let reason = try ActFlags.reason(arguments)
    let session = try ActSession(arguments)
    guard let member = try session.incident(arguments.operands[0], "unmerge") else { return .nothingFound }
    return say(try session.writer().unmerge(member, reason: reason), session) { "\($0) stands by itself again, apart from \($1)" }
  }

  private static func say(
    _ outcome: JoinOutcome, _ session: borrowing ActSession, _ done: (ClusterID, ClusterID) -> String
  ) -> ExitCode {
    switch outcome {
    case .done(let act, let member, let head):
      Output.complain("\(done(member, head)) (act \(act))")
      return .success
    case .alreadyOne(let head):
      Output.complain("they are one already: \(head) is listed for both")
      return .nothingFound
    case .notMerged(let members):
      let others = members.prefix(8).map(\.description).joined(separator: ", ")
      Output.complain("it was not merged by anybody" + (others.isEmpty ? "" : "; merged into it were \(others)"))
      return .nothingFound
    case .gone(let id):
      session.complainOfGone(id)
      return .nothingFound
    case .full:
      Output.complain("\(ActLimits.joinCount) merges stand, and more are not taken; `tocsin unmerge` some that are over")
      return .failure
    }
  }
}
