extension Form where Value == Int {
  static func integer(_ range: ClosedRange<Int>) -> Form {
    Form(
      expected: "an integer from \(range.lowerBound) to \(range.upperBound)", single: { integer($0, in: range) },
      write: String.init)
  }

  /// Minutes that divide an hour, or whole hours that divide a day.
  static let binMinutes = Form(
    expected: "an integer from 1 to 1440 that divides 60, or a multiple of 60 that divides 1440",
    single: { value in
      guard let minutes = integer(value, in: 1...1_440) else { return nil }
      return 60 % minutes == 0 || (minutes % 60 == 0 && 1_440 % minutes == 0) ? minutes : nil
    }, write: String.init)

  private static func integer(_ value: TOMLNode.Value, in range: ClosedRange<Int>) -> Int? {
    guard case .integer(let integer) = value, let integer = Int(exactly: integer), range.contains(integer) else { return nil }
    return integer
  }
}

extension Form where Value == Double {
  static func number(_ range: ClosedRange<Double>) -> Form {
    Form(
      expected: "a number from \(range.lowerBound) to \(range.upperBound)",
      single: { value in
        switch value {
        case .number(let number) where range.contains(number): number
        case .integer(let integer) where range.contains(Double(integer)): Double(integer)
        default: nil
        }
      }, write: { "\($0)" })
  }
}

extension Form where Value == Bool {
  static let boolean = Form(
    expected: "true or false",
    single: { value in
      guard case .boolean(let boolean) = value else { return nil }
      return boolean
    }, write: { "\($0)" })
}

extension Form where Value: Sendable {
  /// One of several values by their names, which need no escape.
  static func choice(_ values: [Value], name: @escaping @Sendable (Value) -> String) -> Form {
    let names = values.map(name)
    let quoted = names.map { "\"\($0)\"" }
    return Form(
      expected: quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? ""), words: names,
      single: { value in
        guard case .string(let text) = value else { return nil }
        return names.firstIndex(of: text).map { values[$0] }
      }, write: { "\"\(name($0))\"" })
  }
}

extension Form where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  /// One of the cases.
  static var oneCase: Form { choice(Array(Value.allCases)) { $0.rawValue } }
}

extension Form {
  /// An array of elements of one form; every element at fault is told.
  ///
  /// - Parameter order: what has to hold of each two neighbours, and how an error calls it.
  static func list<Element>(
    of element: Form<Element>, count: ClosedRange<Int>, expected: String,
    order: (says: String, precedes: @Sendable (Element, Element) -> Bool)? = nil
  ) -> Form where Value == [Element], Element: Sendable {
    Form(
      expected: expected,
      read: { node, problems in
        guard case .array(let nodes) = node.value else {
          problems.refuse(node, expected: expected)
          return nil
        }
        guard count.contains(nodes.count) else {
          problems.note(node, "expected \(expected); found \(nodes.isEmpty ? "an empty array" : "an array of \(nodes.count)")")
          return nil
        }
        let before = problems.count
        var elements: [Element] = []
        for node in nodes {
          guard let value = element.read(node, &problems) else { continue }
          if let order, let last = elements.last, !order.precedes(last, value) {
            problems.note(node, "expected \(order.says); found \(node.value.found) after \(element.write(last) ?? "")")
          }
          elements.append(value)
        }
        return problems.count == before ? elements : nil
      }, write: { "[" + $0.compactMap(element.write).joined(separator: ", ") + "]" })
  }
}
