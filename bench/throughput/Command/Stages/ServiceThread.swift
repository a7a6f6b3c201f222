import CBench
import Configuration
import Glibc
import Platform
import Service

/// The whole service in this process, as `tocsin serve` runs it: its intake on a thread, the other stages on theirs.
struct ServiceThread: ~Copyable {
  private let thread: Thread
  private let results: BoundedQueue<Result<Place, ServiceError>>
  private let intake: Int32
  private let progress: StoringProgress
  let endpoint: String
  /// Its threads, those of libzmq behind it included.
  let threads: ThreadGroup

  /// Where it listens, and the number of the thread that does.
  private struct Place: Sendable {
    var endpoint: String
    var thread: Int32
    var progress: StoringProgress
  }

  /// Starts it on a new store in a folder, and waits until it listens.
  init(folder: String, configuration: Configuration = BenchStore.configuration) throws {
    let before = try ThreadGroup.all()
    let results = BoundedQueue<Result<Place, ServiceError>>(capacity: 2)
    let thread = try Thread(name: "intake") {
      do { try Self.serve(folder, configuration, results) } catch { _ = results.push(.failure(ServiceError("\(error)"))) }
      results.close()
    }
    guard let result = results.pop() else { throw BenchFailure("the service ended before it began") }
    let place = try result.get()
    let threads = try before.newcomers()
    self.thread = thread
    self.results = results
    intake = place.thread
    progress = place.progress
    endpoint = place.endpoint
    self.threads = threads
  }

  private static func serve(
    _ folder: String, _ configuration: Configuration, _ results: BoundedQueue<Result<Place, ServiceError>>
  ) throws {
    // Blocked on this thread and on those that it starts; others of this program end at a signal as ever.
    let signals = try SignalSet()
    let manager = ServiceManager(environment: { _ in nil }, processIdentifier: getpid())
    var configuration = configuration
    configuration.service.endpoint = "tcp://127.0.0.1:*"
    let pipeline = try Pipeline(store: try BenchStore.open(folder, configuration: configuration), configuration: configuration)
    var intake = try Intake(pipeline: pipeline, identity: BenchStore.identity, configuration: configuration)
    _ = results.push(
      .success(Place(endpoint: intake.endpoint, thread: cbench_thread_number(), progress: pipeline.progress)))
    try intake.run(signals: signals, manager: manager) { configuration }
    try pipeline.finish()
  }

  /// Asks it to stop, and waits until everything that was acknowledged is stored; what it does behind that goes on.
  func stopWhenStored() throws {
    try BenchFailure.unless(cbench_terminate_thread(intake) == 0, "the service has ended by itself")
    while !progress.isStored {
      switch results.pop(withinMilliseconds: 1) {
      case .timedOut: continue
      case .element(let result): _ = try result.get()
      // It may have stored the last of it since it was asked.
      case .closed: return try BenchFailure.unless(progress.isStored, "the service has ended and has not stored everything")
      }
    }
  }

  /// Waits until it has ended, once it was asked to stop.
  consuming func join() throws {
    let results = results
    thread.join()
    if let result = results.tryPop() { _ = try result.get() }
  }
}
