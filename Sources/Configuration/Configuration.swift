package import Engine

/// What one deployment is told: everything that a configuration file says, checked, with its defaults.
package struct Configuration: Equatable, Sendable {
  /// What determines the summaries. Its identity key is not part of the file: the store has it.
  package var engine = EngineSettings()
  package var terms = Terms()
  package var service = Service()
  package var security = Security()
  /// Those who may connect once `security` has a key.
  package var producers: [Producer] = []
  package var time = Time()
  package var journal = Journal()
  package var archive = Archive()
  package var history = History()
  package var retention = Retention()

  /// `engine.quarantineByteCount`, as the file says it.
  package var quarantineMebibytes: Int {
    get { engine.quarantineByteCount >> 20 }
    set { engine.quarantineByteCount = newValue << 20 }
  }

  /// What holds where nothing is said.
  package static let `default` = Configuration()

  /// The version of the file's form that this program reads.
  package static let version = 1

  private init() {}

  /// The defaults, looked at by another preset.
  package init(profile: Profile) { engine.profiles = [profile] }

  /// How keywords and reporters are kept.
  package struct Terms: Equatable, Sendable {
    /// Of the Snowball stemmer: one of `languages`.
    package var language = "english"
    /// How long one secret hashes reporters.
    package var reporterRotationDays = 30

    /// No stems, and what libstemmer 2.2 has.
    package static let languages = [
      "none", "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german", "greek",
      "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "porter", "portuguese",
      "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish",
    ]
  }

  /// The ZeroMQ side.
  package struct Service: Equatable, Sendable {
    /// Where producers connect: `tcp://HOST:PORT` or `ipc://PATH`.
    package var endpoint = "tcp://127.0.0.1:7737"
    /// What one producer may have sent without an answer.
    package var creditEvents = 65_536
    package var creditMebibytes = 16
    package var heartbeatMilliseconds = 2_000
    /// Connections at once; the next is closed as soon as it is made.
    package var connections = 128
  }

  /// The aggregator's clock.
  package struct Time: Equatable, Sendable {
    /// How far ahead of the aggregator's clock an event's time may lie.
    package var maximumSkewAheadMinutes = 60
  }

  package struct Journal: Equatable, Sendable {
    /// Size at which a segment is closed and the next begun.
    package var segmentMebibytes = 128
    /// How long a restart may take, whatever the journal holds.
    package var recoverySeconds = 10
    /// How long the journal is kept at least.
    package var retentionDays = 366
  }

  package struct History: Equatable, Sendable {
    /// How long it is kept what was said of incidents, episodes and clusters, in event time.
    package var retentionDays = 366
    /// How many changes of each of the three are kept.
    package var maximumChanges = 1_000_000
  }

  /// How long what the store holds is kept, in days of event time.
  package struct Retention: Equatable, Sendable {
    /// Sample texts and refused events.
    package var textDays = 366
    /// Hourly counts.
    package var countDays = 1_830
    /// Closed incidents, episodes and clusters.
    package var summaryDays = 3_660
  }

  package struct Archive: Equatable, Sendable {
    /// How long changes are gathered before they are written in one transaction.
    package var flushMilliseconds = 250
    /// Length of the write-ahead log from which on a reader that keeps it so long is warned of.
    package var logWarningMebibytes = 64
  }
}
