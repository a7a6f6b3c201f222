package import Reports

extension Engine {
  /// Erases what rows of a batch say: text, subject, the JSON of refused ones, words that were taken from the text. What the engine makes of
  /// the batch stays as it was, but for reports without keywords of their own: see `keepsTerms`.
  ///
  /// The arena keeps its length, and grows by what the columns lose: the binary form is as long as before.
  ///
  /// - Parameters:
  ///   - rows: Those that are erased already are passed over.
  ///   - key: The store's, with which identities are hashed.
  ///   - keepsTerms: Whether words that were taken from texts stay, in alphabetical order: what they count for is not lost then.
  /// - Returns: How many rows were erased.
  /// - Complexity: O(bytes of the batch).
  package static func erase(_ batch: inout ReportBatch, _ rows: [Int], key: SipHash.Key, keepsTerms: Bool = false) -> Int {
    let rows = rows.filter { !batch.flags[$0].contains(.erased) }
    if rows.isEmpty { return 0 }
    var erasures = batch.flags.indices.map { batch.erasure($0) }
    var dropsTerms = [Bool](repeating: false, count: batch.count)
    for row in rows {
      if batch.rejections[row] == 0 {
        erasures[row] = seal(&batch, row, key: key)
        dropsTerms[row] = batch.flags[row].contains(.termsFromText)
      } else {
        erasures[row] = Erasure(digest: 0, textHash: 0)
        let raw = batch.rejections[..<row].count { $0 != 0 }
        batch.raws[raw] = .empty
      }
      batch.texts[row] = .empty
      batch.subjects[row] = .empty
      batch.flags[row].insert(.erased)
    }
    batch.erasures = erasures.compactMap { $0 }
    let keywordCount = batch.keywords.count
    batch.replaceTerms(of: dropsTerms, keeps: keepsTerms)
    batch.blankUnreferenced()
    // A keyword and its key are eight bytes each.
    batch.arena += [UInt8](repeating: 0, count: (keywordCount - batch.keywords.count) * 16)
    return rows.count
  }

  /// The number of a keyword by one of its forms; nil where none is known.
  package func keyword(_ form: ArraySlice<UInt8>) -> UInt32? { keywords.find(Array(form).span) }

  /// Takes away what a keyword is called: what it has counted stays, under a name that says nothing.
  package mutating func forget(keyword: UInt32, callingIt name: String) { keywords.forget(keyword, callingIt: name) }

  /// What stays of a well-formed row; its SimHash is masked, and a subject that names the witness becomes its hash.
  private static func seal(_ batch: inout ReportBatch, _ row: Int, key: SipHash.Key) -> Erasure {
    let digest = digest(of: batch, row, key: key)
    let hash = batch.texts[row].length > 0 ? textHash(of: batch, row) : 0
    let masks = masks(of: batch, row, key: key)
    if batch.reporters[row] == 0, batch.subjects[row].length > 0 {
      batch.reporters[row] = subjectHash(of: batch, row, key: key)
    }
    if batch.simHashes[row] != 0 { batch.simHashes[row] ^= masks.simHash }
    return Erasure(digest: digest, textHash: hash == 0 ? 0 : hash ^ masks.textHash)
  }

  /// What the hashes of an erased row are under: nobody without the key can hold a guess of its text against them.
  private static func masks(of batch: ReportBatch, _ row: Int, key: SipHash.Key) -> (simHash: UInt64, textHash: UInt64) {
    let identity = identity(of: batch, row, key: key)
    var hasher = SipHash(key: key, wide: true)
    hasher.combine(identity.high)
    hasher.combine(identity.low)
    return hasher.finish128()
  }

  /// The published hash of a row's text and its SimHash, of an erased row as they were; zero where it had none.
  static func textHashes(of batch: ReportBatch, _ row: Int, key: SipHash.Key) -> (hash: UInt64, simHash: UInt64) {
    guard let erasure = batch.erasure(row) else {
      return (batch.texts[row].length > 0 ? textHash(of: batch, row) : 0, batch.simHashes[row])
    }
    let masks = masks(of: batch, row, key: key)
    return (
      erasure.textHash == 0 ? 0 : erasure.textHash ^ masks.textHash,
      batch.simHashes[row] == 0 ? 0 : batch.simHashes[row] ^ masks.simHash
    )
  }
}

extension ReportBatch {
  /// Drops the keywords of some rows, or puts them in the order of their keys.
  fileprivate mutating func replaceTerms(of rows: [Bool], keeps: Bool) {
    guard rows.contains(true) else { return }
    var keywords: [Slice] = []
    var keys: [Slice] = []
    var ends: [UInt32] = []
    for row in 0..<count {
      var range = Array(keywordRange(row))
      if rows[row] {
        range = keeps ? range.sorted { arena[keywordKeys[$0].range].lexicographicallyPrecedes(arena[keywordKeys[$1].range]) } : []
      }
      keywords += range.map { self.keywords[$0] }
      keys += range.map { keywordKeys[$0] }
      ends.append(UInt32(keywords.count))
    }
    (self.keywords, keywordKeys, keywordEnds) = (keywords, keys, ends)
  }

  /// Writes zeros over what no slice stands for.
  fileprivate mutating func blankUnreferenced() {
    var isReferenced = [Bool](repeating: false, count: arena.count)
    for slices in [sources, ids, subjects, texts, keywords, keywordKeys, raws] {
      for slice in slices { for index in slice.range { isReferenced[index] = true } }
    }
    for index in arena.indices where !isReferenced[index] { arena[index] = 0 }
  }
}
