package import Columnar
import Dispatch
import Foundation

/// Numbers the distinct keys of a spine from 0, and finds the number of a key.
///
/// Open addressing with linear steps, at most half full. Keys of one 64-bit number are kept as such, all others as bytes.
package struct KeyDictionary: Sendable {
    /// A place in the table: number + 1, so that 0 is an empty place; for bytes, the hash's low half beside it.
    private struct Slot: BitwiseCopyable, Sendable {
        var word: UInt64
        var numberPlusOne: UInt32
    }

    private var slots: ContiguousArray<Slot>
    private var shift: UInt64
    /// Where the bytes of key `i` are: `bytes[offsets[i] ..< offsets[i + 1]]`. For keys of bytes only.
    private var offsets: ContiguousArray<Int> = [0]
    private var bytes: ContiguousArray<UInt8> = []
    package private(set) var count = 0

    package init() {
        let bits = 10
        slots = ContiguousArray(repeating: Slot(word: 0, numberPlusOne: 0), count: 1 << bits)
        shift = UInt64(64 - bits)
    }

    // MARK: Words

    /// The key's number, or -1.
    @inline(__always)
    package func number(ofWord word: UInt64) -> Int32 {
        var place = Int(KeyHash.of(word) >> shift)
        while true {
            let slot = slots[place]
            if slot.numberPlusOne == 0 { return -1 }
            if slot.word == word { return Int32(bitPattern: slot.numberPlusOne &- 1) }
            place = (place + 1) & (slots.count - 1)
        }
    }

    /// The numbers of some keys, -1 for those that it does not have. Many at once wait together for memory that is far away.
    package func numbers(ofWords words: UnsafeBufferPointer<UInt64>, into numbers: UnsafeMutableBufferPointer<Int32>) {
        slots.withUnsafeBufferPointer { slots in
            for (index, word) in words.enumerated() {
                var place = Int(KeyHash.of(word) >> shift)
                while slots[place].numberPlusOne != 0, slots[place].word != word { place = (place + 1) & (slots.count - 1) }
                numbers[index] = Int32(bitPattern: slots[place].numberPlusOne) &- 1
            }
        }
    }

    /// The key's number; a new key gets the next.
    @inline(__always)
    package mutating func add(word: UInt64) -> Int32 {
        var place = Int(KeyHash.of(word) >> shift)
        while true {
            let slot = slots[place]
            if slot.numberPlusOne == 0 { break }
            if slot.word == word { return Int32(bitPattern: slot.numberPlusOne &- 1) }
            place = (place + 1) & (slots.count - 1)
        }
        count += 1
        slots[place] = Slot(word: word, numberPlusOne: UInt32(count))
        if 2 * count > slots.count { grow { KeyHash.of($0.word) } }
        return Int32(count - 1)
    }

    /// The keys of 64 bits, in no order that matters.
    package var words: [UInt64] { slots.filter { $0.numberPlusOne != 0 }.map(\.word) }

    // MARK: Bytes

    /// The keys of bytes, in the order of their numbers.
    package var byteKeys: [ArraySlice<UInt8>] {
        (0..<count).map { ArraySlice(bytes[offsets[$0]..<offsets[$0 + 1]]) }
    }

    /// The key's number, or -1.
    package func number(ofBytes key: UnsafeRawBufferPointer) -> Int32 {
        let hash = KeyHash.of(key)
        var place = Int(hash >> shift)
        while true {
            let slot = slots[place]
            if slot.numberPlusOne == 0 { return -1 }
            if slot.word == hash, isKey(slot.numberPlusOne, key) { return Int32(bitPattern: slot.numberPlusOne &- 1) }
            place = (place + 1) & (slots.count - 1)
        }
    }

    /// The key's number; a new key gets the next.
    package mutating func add(bytes key: UnsafeRawBufferPointer) -> Int32 {
        let hash = KeyHash.of(key)
        var place = Int(hash >> shift)
        while true {
            let slot = slots[place]
            if slot.numberPlusOne == 0 { break }
            if slot.word == hash, isKey(slot.numberPlusOne, key) { return Int32(bitPattern: slot.numberPlusOne &- 1) }
            place = (place + 1) & (slots.count - 1)
        }
        count += 1
        slots[place] = Slot(word: hash, numberPlusOne: UInt32(count))
        bytes.append(contentsOf: key)
        offsets.append(bytes.count)
        if 2 * count > slots.count { grow(hash: \.word) }
        return Int32(count - 1)
    }

    private func isKey(_ numberPlusOne: UInt32, _ key: UnsafeRawBufferPointer) -> Bool {
        let start = offsets[Int(numberPlusOne) - 1]
        guard offsets[Int(numberPlusOne)] - start == key.count else { return false }
        return bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[start..<start + key.count]).elementsEqual(key) }
    }

    private mutating func grow(hash: (Slot) -> UInt64) {
        var larger = ContiguousArray(repeating: Slot(word: 0, numberPlusOne: 0), count: 2 * slots.count)
        shift -= 1
        for slot in slots where slot.numberPlusOne != 0 {
            var place = Int(hash(slot) >> shift)
            while larger[place].numberPlusOne != 0 { place = (place + 1) & (larger.count - 1) }
            larger[place] = slot
        }
        slots = larger
    }
}

extension KeyDictionary {
    /// Fewer are looked up on one processor.
    private static let wordsWorthSharing = 1 << 18

    /// Whether keys of this type are numbers of 64 bits; all others are bytes.
    package static func isWord(_ type: ColumnType) -> Bool {
        switch type {
        case .int64, .timestamp: true
        case .bool, .int16, .int32, .float32, .float64, .date, .string, .bytes, .uuid, .list, .vector: false
        }
    }

    /// Numbers the keys of a column: one number for each row, -1 for NULL.
    package mutating func add(_ column: Column) -> RowChoice {
        switch column {
        case .int64(let words), .timestamp(let words): return add(words)
        case .string(let keys), .bytes(let keys): return add(keys)
        case .bool, .int16, .int32, .float32, .float64, .date, .uuid, .list, .vector:
            preconditionFailure("keys are numbers of 64 bits or bytes")
        }
    }

    private mutating func add(_ words: PrimitiveColumn<Int64>) -> RowChoice {
        var numbers = RowChoice()
        numbers.reserveLarge(words.count)
        let values = words.values
        let validity = words.validity
        for row in values.indices {
            numbers.append(validity.isValid(row) ? add(word: UInt64(bitPattern: values[row])) : -1)
        }
        return numbers
    }

    private mutating func add(_ keys: BytesColumn) -> RowChoice {
        var numbers = RowChoice()
        numbers.reserveLarge(keys.count)
        keys.bytes.withUnsafeBytes { bytes in
            for row in 0..<keys.count {
                let isValid = keys.validity.isValid(row)
                numbers.append(isValid ? add(bytes: UnsafeRawBufferPointer(rebasing: bytes[keys.range(row)])) : -1)
            }
        }
        return numbers
    }
}

extension KeyDictionary {
    /// The hash of a row's key; nil for NULL.
    package static func hash(of row: Int, in column: Column) -> UInt64? {
        switch column {
        case .int64(let words), .timestamp(let words):
            return words.validity.isValid(row) ? KeyHash.of(UInt64(bitPattern: words.values[row])) : nil
        case .string(let keys), .bytes(let keys):
            guard keys.validity.isValid(row) else { return nil }
            return keys.bytes.withUnsafeBytes { KeyHash.of(UnsafeRawBufferPointer(rebasing: $0[keys.range(row)])) }
        case .bool, .int16, .int32, .float32, .float64, .date, .uuid, .list, .vector:
            preconditionFailure("keys are numbers of 64 bits or bytes")
        }
    }

    /// The numbers of the keys of a column; -1 for NULL and for keys that the dictionary does not have.
    package func numbers(of column: Column) -> RowChoice {
        switch column {
        case .int64(let words), .timestamp(let words):
            return numbers(of: words)
        case .string(let keys), .bytes(let keys):
            return keys.bytes.withUnsafeBytes { bytes in
                RowChoice(
                    (0..<keys.count).map { row in
                        guard keys.validity.isValid(row) else { return -1 }
                        return number(ofBytes: UnsafeRawBufferPointer(rebasing: bytes[keys.range(row)]))
                    })
            }
        case .bool, .int16, .int32, .float32, .float64, .date, .uuid, .list, .vector:
            preconditionFailure("keys are numbers of 64 bits or bytes")
        }
    }

    /// Looks words up on all processors, each its own part. Both as addresses, since tasks share no pointers: the caller holds what they
    /// point at until all is done.
    private func share(_ words: UInt, into numbers: UInt, count: Int) {
        let shares = count < Self.wordsWorthSharing ? 1 : ProcessInfo.processInfo.activeProcessorCount
        DispatchQueue.concurrentPerform(iterations: shares) { share in
            let rows = share * count / shares..<(share + 1) * count / shares
            let words = UnsafeBufferPointer(start: UnsafePointer<UInt64>(bitPattern: words), count: count)
            let numbers = UnsafeMutableBufferPointer(start: UnsafeMutablePointer<Int32>(bitPattern: numbers), count: count)
            self.numbers(
                ofWords: UnsafeBufferPointer(rebasing: words[rows]), into: UnsafeMutableBufferPointer(rebasing: numbers[rows]))
        }
    }

    private func numbers(of words: PrimitiveColumn<Int64>) -> RowChoice {
        var numbers = RowChoice(unsafeUninitializedCapacity: words.count) { numbers, count in
            LargePages.advise(UnsafeMutableRawBufferPointer(numbers))
            count = words.count
            words.values.withUnsafeBytes { words in
                share(UInt(bitPattern: words.baseAddress), into: UInt(bitPattern: numbers.baseAddress), count: words.count / 8)
            }
        }
        for row in words.validity.nullRows { numbers[row] = -1 }
        return numbers
    }
}
