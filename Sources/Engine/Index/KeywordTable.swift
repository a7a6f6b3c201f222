import Reports

/// Keywords as dense numbers: forms that share a key ("outage", "outages") are one, called by the shortest form that was seen.
///
/// A form that is known keeps its number whatever key comes with it, so that no two numbers are ever called alike.
struct KeywordTable {
  private var forms: Interner
  private var numberOfForm: [UInt32] = []
  private var keys: Interner
  /// The form that each number is called by: the least by length, then by bytes. It does not depend on the order.
  private var displayForms: [UInt32] = []
  private var isChanged: [Bool] = []
  private var changed: [UInt32] = []
  /// Short forms that were asked for lately, as their bytes: found without a hash.
  private var recent = Array(repeating: Recent(), count: 512)

  /// A form of at most sixteen bytes: its first and its last eight, which are all of it.
  private struct Recent: Equatable {
    var first: UInt64 = 0
    var last: UInt64 = 0
    /// Of the form; zero where nothing is kept.
    var length: UInt32 = 0
    var number: UInt32 = 0

    init() {}

    init(_ form: Span<UInt8>) {
      length = UInt32(form.count)
      if form.count < 8 {
        first = form.lastWord(byteCount: form.count)
      } else {
        (first, last) = (form.word(at: 0), form.word(at: form.count - 8))
      }
    }

    var place: Int { Int(truncatingIfNeeded: ((first ^ last &* 0x9e37_79b9_7f4a_7c15) &* 0xd6e8_feb8_6659_fd93) >> 55) }
  }

  init(key: SipHash.Key) {
    forms = Interner(key: key, capacity: 4 * Limits.distinctKeywordCount)
    keys = Interner(key: key, capacity: Limits.distinctKeywordCount)
  }

  var count: Int { keys.count }

  /// What a number's ids are made of: the same in every store.
  func key(_ number: UInt32) -> ArraySlice<UInt8> { keys.name(number) }

  /// What analysts see.
  func form(_ number: UInt32) -> ArraySlice<UInt8> { forms.name(displayForms[Int(number)]) }

  /// The number of a form that is known; nil for a new form.
  ///
  /// - Complexity: O(length) expected.
  func find(_ form: Span<UInt8>) -> UInt32? { forms.find(form).map { numberOfForm[Int($0)] } }

  /// The same, sooner for short forms that come again and again.
  @inline(__always)
  mutating func recall(_ form: Span<UInt8>) -> UInt32? {
    guard form.count <= 16, !form.isEmpty else { return find(form) }
    var wanted = Recent(form)
    let place = wanted.place
    wanted.number = recent[place].number
    if recent[place] == wanted { return wanted.number }
    guard let number = find(form) else { return nil }
    wanted.number = number
    recent[place] = wanted
    return number
  }

  /// The number of a key that is known.
  func find(key: Span<UInt8>) -> UInt32? { keys.find(key) }

  /// Adds a form that `find` did not find; nil where the table is full.
  mutating func insert(_ form: Span<UInt8>, key: Span<UInt8>) -> UInt32? {
    guard forms.count < forms.capacity, let number = keys.intern(key), let new = forms.intern(form) else { return nil }
    numberOfForm.append(number)
    if Int(number) == displayForms.count {
      displayForms.append(new)
      isChanged.append(false)
      mark(number)
    } else if isLess(new, than: displayForms[Int(number)]) {
      displayForms[Int(number)] = new
      mark(number)
    }
    return number
  }

  /// Takes away what a number is called in all its forms, and its key; nobody who writes them finds it any more.
  ///
  /// - Complexity: O(bytes of all keywords) a form.
  mutating func forget(_ number: UInt32, callingIt name: String) {
    for form in numberOfForm.indices where numberOfForm[form] == number {
      let isShown = displayForms[Int(number)] == UInt32(form)
      forms.rename(UInt32(form), to: Array((isShown ? name : "\(name)/\(form)").utf8))
    }
    keys.rename(number, to: Array(name.utf8))
    for place in recent.indices { recent[place] = Recent() }
    mark(number)
  }

  private func isLess(_ a: UInt32, than b: UInt32) -> Bool {
    let (first, second) = (forms.name(a), forms.name(b))
    return first.count != second.count ? first.count < second.count : first.lexicographicallyPrecedes(second)
  }

  private mutating func mark(_ number: UInt32) {
    guard !isChanged[Int(number)] else { return }
    isChanged[Int(number)] = true
    changed.append(number)
  }

  /// The names that are new or have changed, ascending by number.
  mutating func drain() -> [Changes.Name] {
    defer {
      for number in changed { isChanged[Int(number)] = false }
      changed.removeAll(keepingCapacity: true)
    }
    return changed.sorted().map { Changes.Name(number: $0, text: Array(form($0))) }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try forms.code(&coder)
    try coder.code(&numberOfForm)
    try keys.code(&coder)
    try coder.code(&displayForms)
    try coder.code(&isChanged)
    try coder.code(&changed)
  }
}
