extension Connection {
  /// What a transaction is for; it decides which lock it takes at its start.
  package enum Purpose: Sendable {
    /// Sees one state of the database throughout.
    case reading
    /// Takes the write lock at once, so that it cannot fail half-way for want of it.
    case writing
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it or the commit throws.
  ///
  /// - Parameter wrapping: turns SQLite's own failure at the beginning or the end into the body's type of error.
  package func transaction<Value, Failure: Error>(
    _ purpose: Purpose, wrapping: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    do throws(SQLiteError) {
      try execute(purpose == .writing ? "BEGIN IMMEDIATE" : "BEGIN")
    } catch {
      throw wrapping(error)
    }
    let value: Value
    do throws(Failure) {
      value = try body()
    } catch {
      rollBack()
      throw error
    }
    do throws(SQLiteError) {
      try execute("COMMIT")
    } catch {
      rollBack()
      throw wrapping(error)
    }
    return value
  }

  /// Runs `body` in a transaction whose only failures are SQLite's.
  package func transaction<Value>(_ purpose: Purpose, _ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
    try transaction(purpose, wrapping: { $0 }, body)
  }

  /// After a full disk SQLite may have rolled back by itself; a second ROLLBACK would be an error.
  private func rollBack() {
    if isInTransaction { try? execute("ROLLBACK") }
  }
}
