import Engine
import Reports
import TestSupport
import Testing

/// What is said where nothing is found: what to widen, and by which clock a time went.
extension StoreCommandTests {
  @Suite struct WideningTests {
    /// What standard error says of an empty answer.
    private static func complaint(_ arguments: [String], _ store: String) throws -> String {
      let result = try Tocsin.run(arguments + ["--store", store])
      #expect(result.status == 1 && result.output.isEmpty, "\(arguments): \(result)")
      return result.complaints
    }

    @Test func everyConditionIsLeftOutInTurn() throws {
      let store = try DetectionStore()
      for (arguments, says) in [
        (["list", "--near", "42.42,-71.07"], "no incident is listed; wider: --within 20km (1)"),
        (
          ["list", "--near", "42.301,-71.099", "--within", "100m"],
          "wider: what lies around it, by `tocsin near` (1), --within 5km (1)"
        ),
        (["list", "--bbox=-72.1,42.3,-72.05,42.4"], "wider: no --bbox (1)"),
        (["list", "--keyword", "rotten"], "wider: any keyword (1)"),
        (["list", "--until", "2014-01-01"], "wider: any time (1)"),
        (["near", "42.32,-71.07", "--state", "closed"], "wider: --state any (1)"),
        (["list", "--state", "closed", "--alerts"], "wider: no --state (1)"),
        (["top", "--by", "incidents", "--until", "2014"], "no incident stands out; wider: any time (1)"),
        (["map", "--until", "2014"], "wider: any time (1)"),
        (["search", "gas", "--until", "2014"], "wider: any time (1)"),
        (["list", "--near", "10,10", "--keyword", "rotten"], "no one condition alone keeps it out: leave out several"),
      ] {
        let complaint = try Self.complaint(arguments, store.path)
        #expect(complaint.contains(says), "\(arguments): \(complaint)")
      }
      // Where nothing was asked for, nothing can be widened.
      let empty = try DetectionStore { ($0.incidents, $0.episodes, $0.clusters) = ([], [], []) }
      let nothing = try Self.complaint(["list"], empty.path)
      #expect(nothing.contains("no incident is listed\n") && !nothing.contains("wider"), "\(nothing)")
    }

    @Test func timesThatNothingIsNewerThanAreToldByTheReportsClock() throws {
      let store = try DetectionStore()
      let (newest, dayBefore) = (DetectionStore.time(4), DetectionStore.time(4 - 24))
      for arguments in [
        ["list"], ["near", "42.32,-71.07"], ["search", "gas"], ["top"], ["top", "--by", "clusters"], ["map"], ["diff"],
      ] {
        let relative = try Self.complaint(arguments + ["--since", "24h ago"], store.path)
        #expect(relative.contains("nothing is newer than \(newest)"), "\(arguments): \(relative)")
        #expect(relative.contains("counted from that report it is --since \(dayBefore)"), "\(arguments): \(relative)")
        #expect(!relative.contains("wider"))
        let absolute = try Self.complaint(arguments + ["--since", "2016-01-01"], store.path)
        #expect(absolute.contains("--since is 2016-01-01T00:00:00Z") && !absolute.contains("clock"), "\(absolute)")
        let within = try Tocsin.run(arguments + ["--since", "2015-01-01", "--store", store.path])
        #expect(!within.complaints.contains("nothing is newer"), "\(arguments): \(within.complaints)")
      }
    }
  }
}
