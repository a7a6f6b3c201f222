/// Why a service cannot start or go on: what, where, and what to do next, for an operator to read.
package struct ServiceError: Error, CustomStringConvertible, Sendable {
  package let description: String

  package init(_ description: String) { self.description = description }

  /// Runs `body` and turns whatever it throws into a service's error, in its own words.
  static func wrapping<Result: ~Copyable>(_ body: () throws -> Result) throws(ServiceError) -> Result {
    do {
      return try body()
    } catch let error as ServiceError {
      throw error
    } catch {
      throw ServiceError("\(error)")
    }
  }
}
