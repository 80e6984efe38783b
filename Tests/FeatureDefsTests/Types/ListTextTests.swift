import Foundation
import Oracle
import Testing

@testable import FeatureDefs

/// Types and values that are made of others, as text.
@Suite struct ListTextTests {
    @Test(arguments: FeatureType.scalars + FeatureType.Scalar.allCases.map { .list($0) } + [.vector(1), .vector(65_536)])
    func aTypeIsReadBackFromItsTextAndItsJSON(type: FeatureType) throws {
        #expect(FeatureType(type.description) == type)
        let json = try JSONEncoder().encode([type])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(type)\"]")
        #expect(try JSONDecoder().decode([FeatureType].self, from: json) == [type])
    }

    @Test(arguments: [
        "", "int", "list", "list<>", "list<int>", "list<list<int64>>", "list<vector<3>>", "list<int64", "list <int64>",
        "vector", "vector<>", "vector<0>", "vector<-1>", "vector<03>", "vector<+3>", "vector<65537>", "vector<3.0>", "vector<x>",
    ])
    func whatIsNoTypeIsNotReadAsOne(text: String) {
        #expect(FeatureType(text) == nil)
    }

    @Test(arguments: ColumnStorage.allCases) func aStorageIsReadBackFromItsTextAndItsJSON(storage: ColumnStorage) throws {
        #expect(ColumnStorage(storage.description) == storage)
        let json = try JSONEncoder().encode([storage])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(storage)\"]")
        #expect(try JSONDecoder().decode([ColumnStorage].self, from: json) == [storage])
    }

    @Test(arguments: AggregateFunction.allCases + [.lastN(1), .lastN(1000)])
    func anAggregateIsReadBackFromItsTextAndItsJSON(function: AggregateFunction) throws {
        #expect(AggregateFunction(function.description) == function)
        let json = try JSONEncoder().encode([function])
        #expect(try JSONDecoder().decode([AggregateFunction].self, from: json) == [function])
        #expect(AggregateFunction("last_n") == nil && AggregateFunction("last_n(0)") == nil && AggregateFunction("sum(3)") == nil)
    }

    @Test(arguments: FeatureType.Scalar.allCases.map { FeatureType.list($0) } + [.vector(1), .vector(4)])
    func aValueIsReadBackFromItsText(type: FeatureType) throws {
        for value in AdversarialValues.constants(of: type) {
            let text = try #require(value.text)
            #expect(FeatureValue(parsing: text, as: type) == value, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("{}", []), (" { } ", []), ("{a}", ["a"]), ("{ a b , c }", ["a b", "c"]), ("{NULL,null,Null}", [nil, nil, nil]),
            (#"{"NULL","null",""}"#, ["NULL", "null", ""]), (#"{\NULL}"#, ["NULL"]), (#"{"a\"b\\",c\,d}"#, [#"a"b\"#, "c,d"]),
            (#"{a\ }"#, ["a "]), ("{\"{}\"}", ["{}"]), ("{é,\u{1F642}}", ["é", "\u{1F642}"]), ("{\"a\nb\"}", ["a\nb"]),
        ] as [(String, [String?])])
    func arraysAreReadAsPostgresReadsThem(text: String, elements: [String?]) {
        let list = FeatureList(elements.map { $0.map(FeatureValue.string) ?? .null }, of: .string)
        #expect(FeatureValue(parsing: text, as: .list(.string)) == .list(list))
    }

    @Test(arguments: [
        "", "1", "{", "}", "{1", "1}", "{1,}", "{,1}", "{1,,2}", "{{1},{2}}", "[0:0]={1}", "{1}x", #"{"1}"#, #"{\}"#,
    ])
    func whatIsNoListIsNotReadAsOne(text: String) {
        #expect(FeatureValue(parsing: text, as: .list(.string)) == nil)
        #expect(FeatureValue(parsing: text, as: .list(.int64)) == nil)
    }

    @Test func anElementOfAnotherTypeOrAVectorOfAnotherLengthIsRefused() {
        #expect(FeatureValue(parsing: "{1,x}", as: .list(.int64)) == nil)
        #expect(FeatureValue(parsing: "{1,2.5}", as: .list(.int64)) == nil)
        #expect(FeatureValue(parsing: "{1,2}", as: .vector(2)) == .vector([1, 2]))
        #expect(FeatureValue(parsing: "{1,2}", as: .vector(3)) == nil)
        #expect(FeatureValue(parsing: "{1,NULL}", as: .vector(2)) == nil)
        #expect(FeatureValue(parsing: "{1,1e39}", as: .vector(2)) == nil)
    }

    @Test func listsAreEqualElementByElement() {
        func floats(_ values: [Double?]) -> FeatureValue {
            .list(FeatureList(values.map { $0.map(FeatureValue.float64) ?? .null }, of: .float64))
        }
        let otherNaN = Double(bitPattern: Double.nan.bitPattern ^ 1)
        let pairs: [(FeatureValue, FeatureValue)] = [
            (floats([0, .nan, nil]), floats([-0.0, otherNaN, nil])),
            (FeatureValue.vector([0, .nan]), FeatureValue.vector([-0.0, -.nan])),
        ]
        for (left, right) in pairs {
            #expect(left == right)
            #expect(Set([left, right]).count == 1)
        }
        #expect(floats([]) != floats([nil]) && floats([1]) != floats([1, 1]) && floats([nil]) != floats([0]))
        #expect(floats([]) != .list(FeatureList([], of: .int64)) && floats([]) != .null)
        #expect(FeatureValue.vector([1]) != FeatureValue.vector([1, 1]))
    }

    /// As Postgres sorts arrays, which decides between rows of equal times.
    @Test func listsSortByTheirFirstDifferenceThenTheirLength() {
        func integers(_ values: [Int64?]) -> FeatureValue {
            .list(FeatureList(values.map { $0.map(FeatureValue.int64) ?? .null }, of: .int64))
        }
        let sorted = [[], [1], [1, 2], [1, nil], [2], [2, 1], [nil], [nil, 1]].map(integers)
        for (index, left) in sorted.enumerated() {
            for (other, right) in sorted.enumerated() {
                let expected: FeatureValueOrder = index < other ? .ascending : index == other ? .equal : .descending
                #expect(FeatureValueOrder.compare(left, right) == expected)
            }
        }
    }
}
