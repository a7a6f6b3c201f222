import Reports
import Terms

/// An empty batch to append keywords to.
func emptyBatch() -> ReportBatch {
  ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: Timestamp(seconds: 0))
}

extension ReportBatch {
  func strings(_ slices: [Slice]) -> [String] { slices.map { String(decoding: arena[$0.range], as: UTF8.self) } }
  var forms: [String] { strings(keywords) }
  var keys: [String] { strings(keywordKeys) }
}

/// A draft that one batch's keywords are made in.
func emptyDraft() -> TermDraft {
  var draft = TermDraft(eventCount: 4)
  draft.begin(emptyBatch())
  return draft
}

extension TermDraft {
  /// What has been drafted, in a batch of its own.
  mutating func taken() -> ReportBatch {
    var batch = emptyBatch()
    flush(into: &batch)
    return batch
  }
}

/// The SimHash of one text and, if wanted, its terms.
func read(_ bytes: [UInt8], language: String = "english", takesTerms: Bool = true) throws -> (hash: UInt64, batch: ReportBatch) {
  var reader = try TermReader()
  var maker = try KeywordMaker(TermsSettings(language: language))
  var draft = emptyDraft()
  let hash = reader.read(bytes.span, takesTerms: takesTerms, with: &maker, to: &draft)
  return (hash, draft.taken())
}

func terms(_ text: String, language: String = "none") throws -> [String] {
  try read(Array(text.utf8), language: language).batch.forms
}

func simHash(_ text: String) throws -> UInt64 { try read(Array(text.utf8), takesTerms: false).hash }
