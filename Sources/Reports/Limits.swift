/// Every bound that data meets when it enters, with its unit. Nothing downstream grows past these.
package enum Limits {
  /// Bytes of one event as it stands in a body.
  package static let eventByteCount = 65_536
  /// Events in one batch.
  package static let batchEventCount = 4_096
  /// Bytes of one batch body on the wire.
  package static let batchByteCount = 4 << 20
  /// Events and bytes that a sender gathers into one batch unless told otherwise.
  package static let defaultBatchEventCount = 256
  package static let defaultBatchByteCount = 256 << 10
  /// Keywords of one report, and bytes of one keyword.
  package static let keywordCount = 16
  package static let keywordByteCount = 64
  /// Terms taken from a text whose report has no keywords.
  package static let textTermCount = 32
  /// Bytes of a report's text.
  package static let textByteCount = 4_096
  /// Bytes of `source`, `id`, `subject` and a producer's name.
  package static let sourceByteCount = 256
  package static let identifierByteCount = 256
  package static let subjectByteCount = 256
  package static let producerByteCount = 128
  /// Bytes of the opaque `reporter`, which is hashed on arrival and then forgotten.
  package static let reporterByteCount = 256
  /// Nesting of JSON, the event itself included.
  package static let nestingDepth = 32
  /// Bytes of a frame's header.
  package static let headerByteCount = 64 << 10
  /// Distinct keywords, sources, and pairs of producer and epoch that one engine holds.
  package static let distinctKeywordCount = 1 << 22
  package static let distinctSourceCount = 1 << 16
  package static let distinctProducerCount = 1 << 18
  /// Terms of texts whose frequency is known.
  package static let termCount = 1 << 20
  /// Sample texts kept of one cluster.
  package static let sampleCount = 5
  /// Reports of one cell and bin that are compared with others.
  package static let nodeMarkCount = 64
  /// Cells kept of one episode: those with the most witnesses.
  package static let episodeCellCount = 64
  /// Open episodes that may stand out in one larger episode.
  package static let enclosedEpisodeCount = 2
  /// Windows kept of one episode.
  package static let episodeWindowCount = 32
  /// Series (keyword and block) that one profile keeps; past this those with the lowest rates are left to their parents.
  package static let seriesCount = 1 << 24
  /// What a configuration may list: topics, keywords of one topic, rules for sources.
  package static let topicCount = 16
  package static let topicKeywordCount = 64
  package static let sourceRuleCount = 256
  /// Lengths of time windows that one profile tests, and the longest in bins.
  package static let durationCount = 8
  package static let durationBins = 168
  /// Side of a grid cell.
  package static let cellMeters = 50.0...500_000.0
  /// Producers that a configuration may list, and of one of them keys and beginnings of sources.
  package static let authenticatedProducerCount = 4_096
  package static let producerKeyCount = 4
  package static let producerPrefixCount = 64
  /// Messages that ZeroMQ may hold of one connection, and for one. With few of them its thread and the one that reads wake each other
  /// at every message.
  package static let peerInputMessageCount = 16
  package static let peerOutputMessageCount = 256
}
