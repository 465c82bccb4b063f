"""The marks of lines, by which findings are known again when lines above them come and go."""

from launchready.model.source import CodePlace, code_mark

LINE = 'router.post("/items", async (req, res) => {'


def mark(line, *parts, path="src/items.ts", code=LINE):
    return code_mark(CodePlace(path=path, line=line, code=code), *parts)


def test_a_function_without_a_name_is_not_known_by_its_line():
    assert mark(14, "POST /items", "<anonymous>:14") == mark(24, "POST /items", "<anonymous>:24")
    assert mark(14, "outer.<anonymous>:14") == mark(24, "outer.<anonymous>:24")


def test_what_differs_besides_the_line_stays_apart():
    assert mark(14, "POST /items", "<anonymous>:14") != mark(14, "PUT /items", "<anonymous>:14")
    assert mark(14, "outer.<anonymous>:14") != mark(14, "inner.<anonymous>:14")
    assert mark(14, "a:1") != mark(14, "a:2")
    assert mark(14) != mark(14, code=LINE.replace("items", "notes"))
