/// Which rows to take from a column, in which order: row numbers, where -1 stands for none, which gives NULL.
package typealias RowChoice = ContiguousArray<Int32>
