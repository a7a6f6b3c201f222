import Arguments
import Render
import Service

/// `tocsin doctor`: what is well with a store and what is not.
enum DoctorCommand {
  static let description = Command(
    "doctor", "Examine a store: lock, disk, journal, summaries",
    flags: [
      Flag("repair", nil, "Set aside what of the journal cannot be read, so that `serve` can start again"), CommonFlags.format,
      CommonFlags.store,
    ],
    examples: [
      .init("tocsin doctor", "exit code 0 when all is well, 2 when something must be done"),
      .init("tocsin doctor --repair", "keep everything before the damage, and the damaged rest in *.damaged files"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let directory = try CommonFlags.storeDirectory(arguments)
    if arguments.has("repair") {
      if let setAside = try Doctor.repair(directory: directory) {
        let files = setAside.isEmpty ? "nothing was left to set aside" : "set aside: \(setAside.joined(separator: ", "))"
        Output.complain("\(files); the next start makes the summaries anew from what precedes the damage")
      } else {
        Output.complain("nothing to repair")
      }
    }
    let findings = Doctor.examine(directory: directory)
    var table = Table(columns: [Column("level"), Column("subject"), Column("says")])
    for finding in findings { table.append([.text(finding.level.rawValue), .text(finding.subject), .text(finding.says)]) }
    _ = try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
    return findings.contains { $0.level == .bad } ? .failure : .success
  }
}
