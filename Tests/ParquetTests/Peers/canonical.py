"""The canonical text of an Arrow table: what the tests compare, value by value and bit by bit (any NaN is `nan`)."""
import pyarrow as pa
import pyarrow.compute as pc


def type_name(t):
    if isinstance(t, pa.BaseExtensionType):
        return "uuid" if t.extension_name == "arrow.uuid" else str(t)
    if pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t):
        return f"list<{type_name(t.value_type)}>"
    if pa.types.is_string(t) or pa.types.is_large_string(t) or pa.types.is_string_view(t):
        return "string"
    if pa.types.is_fixed_size_binary(t) and t.byte_width == 16:
        return "uuid"
    if pa.types.is_binary(t) or pa.types.is_large_binary(t) or pa.types.is_binary_view(t):
        return "bytes"
    if pa.types.is_timestamp(t) and t.unit == "us" and t.tz in ("UTC", "Etc/UTC"):
        return "timestamp"
    if pa.types.is_date32(t):
        return "date"
    return {"float": "float32", "double": "float64"}.get(str(t), str(t))


def cells(array):
    """One text for each row."""
    t = array.type
    if isinstance(array, pa.ExtensionArray):
        return cells(array.storage)
    if pa.types.is_string_view(t):
        return cells(array.cast(pa.large_string()))
    if pa.types.is_binary_view(t):
        return cells(array.cast(pa.large_binary()))
    if pa.types.is_dictionary(t):
        return cells(array.dictionary_decode())
    valid = array.is_valid().to_pylist()
    if pa.types.is_list(t) or pa.types.is_large_list(t):
        offsets, elements = array.offsets.to_pylist(), cells(array.values)
        return [
            "[" + ",".join(elements[offsets[i]:offsets[i + 1]]) + "]" if ok else "NULL" for i, ok in enumerate(valid)
        ]
    if pa.types.is_fixed_size_list(t):
        width, elements = t.list_size, cells(array.values)
        start = array.offset * width
        return [
            "[" + ",".join(elements[start + i * width:start + (i + 1) * width]) + "]" if ok else "NULL"
            for i, ok in enumerate(valid)
        ]
    if pa.types.is_boolean(t):
        texts = ["1" if v else "0" for v in array.to_pylist()]
    elif pa.types.is_float32(t) or pa.types.is_float64(t):
        nan = pc.is_nan(array).to_pylist()
        bits = array.view(pa.uint32() if pa.types.is_float32(t) else pa.uint64()).to_pylist()
        texts = ["nan" if n else str(b) for b, n in zip(bits, nan)]
    elif pa.types.is_timestamp(t) or pa.types.is_time64(t):
        texts = [str(v) for v in array.view(pa.int64()).to_pylist()]
    elif pa.types.is_date32(t):
        texts = [str(v) for v in array.view(pa.int32()).to_pylist()]
    elif pa.types.is_string(t) or pa.types.is_large_string(t):
        texts = ["x" + v.encode().hex() if v is not None else "" for v in array.to_pylist()]
    elif pa.types.is_binary(t) or pa.types.is_large_binary(t) or pa.types.is_fixed_size_binary(t):
        texts = ["x" + v.hex() if v is not None else "" for v in array.to_pylist()]
    else:
        texts = [str(v) for v in array.to_pylist()]
    return [text if ok else "NULL" for text, ok in zip(texts, valid)]


def text(table):
    lines = []
    for name, column in zip(table.column_names, table.columns):
        lines.append(f"# {name} {type_name(column.type)}")
        for chunk in column.chunks:
            lines += cells(chunk)
    return "\n".join(lines) + "\n"
