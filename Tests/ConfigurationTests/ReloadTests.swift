import Configuration
import Engine
import Testing

/// What may change while the aggregator runs.
@Suite struct ReloadTests {
  private let key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

  private func read(_ text: String) throws -> Configuration { try Configuration(parsing: "version = 1\n" + text, file: "t.toml") }

  @Test func liveSettingsAreTakenOverAndOthersNamed() throws {
    var held = try read("security.secretKeyFile = \"k\"\ndetection.groupWaitMinutes = 5")
    let new = try read(
      """
      security.secretKeyFile = "k"
      service.creditEvents = 4096
      service.endpoint = "tcp://127.0.0.1:9"
      service.connections = 9
      detection.groupWaitMinutes = 6
      [[topic]]
      keywords = ["a"]
      profile = "quake"
      [[producer]]
      name = "a"
      publicKeys = ["\(key)"]
      sourcePrefixes = ["a/"]
      """)
    let reload = held.reload(new)
    #expect(reload.applied == ["service.creditEvents", "service.connections", "producer"])
    #expect(reload.kept == ["service.endpoint", "detection.groupWaitMinutes", "topic"])
    #expect(held.service.creditEvents == 4_096 && held.service.connections == 9 && held.producers == new.producers)
    #expect(held.service.endpoint == Configuration.default.service.endpoint && held.engine.groupWaitMinutes == 5)
    #expect(held.reload(held) == Reload())
  }
}
