import CSimdJSON
import Reports

/// The owner of a simdjson parser and of the event that it has parsed last.
///
/// Members are unescaped UTF-8, empty where absent. They may lie in the body that was parsed, so they are read before it
/// goes away and before the next event is parsed.
@safe struct EventParser: ~Copyable {
  private let handle: OpaquePointer
  /// A copy of an event behind which too little is readable.
  private let scratch: UnsafeMutableBufferPointer<UInt8>
  private var event = unsafe csimdjson_event()

  init(reading: DecodeSettings.Reading) throws(DecodeError) {
    let reading =
      switch reading {
      case .predicting: csimdjson_predicting
      case .scanning: csimdjson_scanning
      case .walking: csimdjson_walking
      case .careless: csimdjson_careless
      }
    let handle = unsafe csimdjson_event_decoder_create(
      Limits.eventByteCount, Limits.keywordCount, Limits.nestingDepth, reading)
    guard let handle = unsafe handle else { throw .outOfMemory }
    unsafe self.handle = handle
    let byteCount = Limits.eventByteCount + csimdjson_padding
    unsafe scratch = .allocate(capacity: byteCount)
    unsafe scratch.initialize(repeating: 0)
  }

  deinit {
    unsafe csimdjson_event_decoder_destroy(handle)
    unsafe scratch.deallocate()
  }

  /// Parses the event at a range of a body, of at most `Limits.eventByteCount` bytes; returns the syntax error or the first
  /// fault in it. The event is copied only at the end of the body, where the parser would read past it.
  mutating func parse(_ body: Span<UInt8>, _ range: Range<Int>) -> Rejection? {
    precondition(range.count <= Limits.eventByteCount)
    let isPadded = body.count - range.upperBound >= csimdjson_padding
    let status = unsafe body.withUnsafeBufferPointer { buffer in
      let source = unsafe UnsafeBufferPointer(rebasing: buffer[range])
      if !isPadded { _ = unsafe scratch.update(fromContentsOf: source) }
      let bytes = unsafe isPadded ? source.baseAddress : UnsafePointer(scratch.baseAddress)
      return unsafe csimdjson_event_decode(handle, bytes, source.count, &event)
    }
    return switch status {
    case csimdjson_ok: nil
    case csimdjson_too_deep: .tooDeep
    case csimdjson_not_an_object: .notAnObject
    case csimdjson_duplicate_member: .duplicateMember
    case csimdjson_wrong_type: .wrongType
    case csimdjson_malformed_location: .malformedLocation
    case csimdjson_malformed_accuracy: .malformedAccuracy
    default: .malformedJSON
    }
  }

  var version: csimdjson_version { unsafe event.version }
  var type: csimdjson_type { unsafe event.type }
  var source: Span<UInt8> {
    @_lifetime(borrow self)
    get { unsafe Self.span(event.source, of: self) }
  }
  var id: Span<UInt8> {
    @_lifetime(borrow self)
    get { unsafe Self.span(event.id, of: self) }
  }
  var subject: Span<UInt8> {
    @_lifetime(borrow self)
    get { unsafe Self.span(event.subject, of: self) }
  }
  var time: Span<UInt8> {
    @_lifetime(borrow self)
    get { unsafe Self.span(event.time, of: self) }
  }
  var text: Span<UInt8> {
    @_lifetime(borrow self)
    get { unsafe Self.span(event.text, of: self) }
  }
  var reporter: Span<UInt8> {
    @_lifetime(borrow self)
    get { unsafe Self.span(event.reporter, of: self) }
  }
  var hasData: Bool { unsafe event.has_data }

  /// All keywords of the event, of which the first `Limits.keywordCount` can be read.
  var keywordCount: Int { unsafe event.keyword_count }

  @_lifetime(borrow self)
  func keyword(_ index: Int) -> Span<UInt8> {
    precondition(index < min(keywordCount, Limits.keywordCount))
    return unsafe Self.span(event.keywords[index], of: self)
  }

  /// The place as it was written; nil where it is out of range.
  var place: Coordinate? {
    guard unsafe event.has_e7 else { return unsafe Coordinate(latitude: event.latitude, longitude: event.longitude) }
    let (latitude, longitude) = unsafe (event.latitude_e7, event.longitude_e7)
    guard latitude.magnitude <= 900_000_000, longitude.magnitude <= 1_800_000_000 else { return nil }
    return Coordinate(latitudeE7: Int32(latitude), longitudeE7: Int32(longitude))
  }
  var hasLocation: Bool { unsafe event.has_location }

  /// Metres as they were written, whatever their sign.
  var accuracyMeters: Double? { unsafe event.has_accuracy ? event.accuracy_meters : nil }

  @_lifetime(borrow owner)
  private static func span(_ text: csimdjson_text, of owner: borrowing EventParser) -> Span<UInt8> {
    guard let bytes = unsafe text.bytes else { return Span() }
    return unsafe _overrideLifetime(Span(_unsafeStart: bytes, count: text.length), borrowing: owner)
  }
}
