import Reports

/// Takes the engine's state down, or gives it back: one description of each type serves both, so that they cannot differ.
///
/// What settings determine is not part of it: an engine is made with its settings first, and given its state then.
protocol StateCoder {
  /// Whether values are given back, and not taken down.
  static var isReading: Bool { get }

  /// One value, as its bytes in memory.
  mutating func code<Value: Plain>(_ value: inout Value) throws(StateError)

  /// An array, as its bytes in memory.
  ///
  /// - Complexity: O(1) where a long one is taken down: only where it stands is noted.
  mutating func code<Value: Plain>(_ values: inout [Value]) throws(StateError)

  /// The same of an array that will soon be gone.
  mutating func code<Value: Plain>(passing values: inout [Value]) throws(StateError)

  /// The same of an array in memory of its own.
  mutating func code<Value>(_ values: inout MappedArray<Value>) throws(StateError)

  /// How many elements follow, each of which says at least one byte.
  mutating func code(count: Int) throws(StateError) -> Int

  /// The keys of a dictionary in the order in which they are to be taken down.
  func ordered<Key: Comparable>(_ keys: [Key]) -> [Key]
}

extension StateCoder {
  /// An array of what has more than bytes.
  mutating func code<Element>(
    _ elements: inout [Element], new: Element, _ each: (inout Element, inout Self) throws(StateError) -> Void
  ) throws(StateError) {
    let count = try code(count: elements.count)
    guard Self.isReading else {
      for index in elements.indices { try each(&elements[index], &self) }
      return
    }
    elements.removeAll()
    for _ in 0..<count {
      var element = new
      try each(&element, &self)
      elements.append(element)
    }
  }

  /// What may be missing and has more than bytes.
  mutating func code<Value>(
    _ value: inout Value?, new: Value, _ each: (inout Value, inout Self) throws(StateError) -> Void
  ) throws(StateError) {
    var isThere = value != nil
    try code(&isThere)
    guard isThere else {
      value = nil
      return
    }
    var present = value ?? new
    try each(&present, &self)
    if Self.isReading { value = present }
  }

  /// A dictionary of what is bytes.
  mutating func code<Key: Plain & Hashable & Comparable, Value: Plain>(
    _ values: inout [Key: Value]
  ) throws(StateError) {
    var keys = Self.isReading ? [] : ordered(Array(values.keys))
    var coded = Self.isReading ? [] : keys.compactMap { values[$0] }
    try code(passing: &keys)
    try code(passing: &coded)
    guard Self.isReading else { return }
    guard keys.count == coded.count else { throw .malformed("\(keys.count) keys and \(coded.count) values") }
    values = Dictionary(zip(keys, coded)) { first, _ in first }
  }

  /// A dictionary of what has more than bytes.
  mutating func code<Key: Plain & Hashable & Comparable, Value>(
    _ values: inout [Key: Value], new: Value, _ each: (inout Value, inout Self) throws(StateError) -> Void
  ) throws(StateError) {
    var keys = Self.isReading ? [] : ordered(Array(values.keys))
    try code(passing: &keys)
    if Self.isReading { values.removeAll() }
    for key in keys {
      var value = values[key] ?? new
      try each(&value, &self)
      if Self.isReading { values[key] = value }
    }
  }
}

// MARK: - What is not plain

extension StateCoder {
  mutating func code(_ value: inout Bool) throws(StateError) {
    var byte: UInt8 = value ? 1 : 0
    try code(&byte)
    value = byte != 0
  }

  mutating func code(_ values: inout [Bool]) throws(StateError) {
    var bytes: [UInt8] = values.map { $0 ? 1 : 0 }
    try code(passing: &bytes)
    if Self.isReading { values = bytes.map { $0 != 0 } }
  }

  mutating func code<Value: Plain>(_ value: inout Value?, new: Value) throws(StateError) {
    try code(&value, new: new) { (value, coder) throws(StateError) in try coder.code(&value) }
  }

  mutating func code(_ value: inout Timestamp?) throws(StateError) { try code(&value, new: Timestamp(microseconds: 0)) }
  mutating func code(_ value: inout ClusterID?) throws(StateError) { try code(&value, new: ClusterID(rawValue: 0)) }
  mutating func code(_ value: inout Significance?) throws(StateError) { try code(&value, new: .blank) }
  mutating func code(_ value: inout BoundingBox?) throws(StateError) { try code(&value, new: .blank) }
  mutating func code(_ value: inout UInt32?) throws(StateError) { try code(&value, new: 0) }
  mutating func code(_ value: inout Int32?) throws(StateError) { try code(&value, new: 0) }
  mutating func code(_ value: inout Int64?) throws(StateError) { try code(&value, new: 0) }
  mutating func code(_ value: inout UInt64?) throws(StateError) { try code(&value, new: 0) }
  mutating func code(_ value: inout Int?) throws(StateError) { try code(&value, new: 0) }
  mutating func code(_ value: inout Coordinate?) throws(StateError) {
    try code(&value, new: Coordinate(latitudeE7: 0, longitudeE7: 0))
  }

  mutating func code(_ value: inout Rejection) throws(StateError) {
    var raw = value.rawValue
    try code(&raw)
    guard let known = Rejection(rawValue: raw) else { throw .malformed("\(raw) is no reason to refuse an event") }
    value = known
  }

  mutating func code(_ value: inout Verdict) throws(StateError) {
    var kind: UInt8 =
      switch value {
      case .accepted: 0
      case .duplicateOfCursor: 1
      case .duplicateOfIdentity: 2
      case .late: 3
      case .rejected: 4
      }
    try code(&kind)
    var rejection = Rejection.malformedJSON
    if case .rejected(let own) = value { rejection = own }
    if kind == 4 { try code(&rejection) }
    guard Self.isReading else { return }
    guard kind <= 4 else { throw .malformed("\(kind) is no verdict") }
    value = [.accepted, .duplicateOfCursor, .duplicateOfIdentity, .late, .rejected(rejection)][Int(kind)]
  }
}
