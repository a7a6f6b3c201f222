/// One column of a table: what it is called and how it is set.
package struct Column: Equatable, Sendable {
  /// The side on which the cells of a column stand flush.
  package enum Alignment: Sendable { case leading, trailing }

  /// The member in JSON and the heading in CSV, such as `reportCount`.
  package var name: String
  /// The heading in the table.
  package var title: String
  package var alignment: Alignment
  /// Whether the table may cut this column where it is wider than the terminal.
  package var isFlexible: Bool
  /// Whether the table leaves this column out; the other formats never do.
  package var isHiddenInTable: Bool
  /// Where the terminal is narrow the table leaves out columns that have one, the least first; those without one always stay.
  package var dropOrder: Int?

  /// A column whose heading is its name unless `title` is given.
  package init(
    _ name: String, title: String? = nil, alignment: Alignment = .leading, isFlexible: Bool = false,
    isHiddenInTable: Bool = false, dropOrder: Int? = nil
  ) {
    self.name = name
    self.title = title ?? name
    self.alignment = alignment
    self.isFlexible = isFlexible
    self.isHiddenInTable = isHiddenInTable
    self.dropOrder = dropOrder
  }
}
