package ai.a5c.krate.cel;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/** Expressions that want more time or memory than there is. */
final class Hostile {
  private static final String LOOP = "object.thousand";

  private Hostile() {}

  /** Lists and strings of a thousand items and of a hundred thousand characters. */
  static JsonObject object() {
    JsonArrayBuilder thousand = Json.createArrayBuilder();
    for (int i = 0; i < 1_000; i++) {
      thousand.add(i);
    }
    JsonObject deep = Json.createObjectBuilder().add("x", 1).build();
    for (int i = 0; i < 900; i++) {
      deep = Json.createObjectBuilder().add("x", deep).build();
    }
    return Json.createObjectBuilder()
        .add("thousand", thousand)
        .add("text", "a".repeat(100_000))
        .add("b", "a".repeat(50_000) + "b")
        .add("deep", deep)
        .add("one", 1)
        .build();
  }

  static List<String> expressions() {
    return Stream.of(loops(), growth(), functions(), regexes(), shapes())
        .flatMap(List::stream)
        .toList();
  }

  private static List<String> loops() {
    return List.of(
        nested(5, "true"),
        nested(8, "x0 == x1 || true"),
        nested(4, "x0 == x1 && 1 / 0 == 0 || true"),
        LOOP + ".map(a, " + LOOP + ".map(b, " + LOOP + ".map(c, [a, b, c])))",
        LOOP + ".map(a, " + LOOP + ".filter(b, b != a)) == []",
        LOOP + ".transformMap(a, b, " + LOOP + ".transformMap(c, d, " + LOOP + "))",
        LOOP + ".all(a, " + LOOP + ".exists(b, 1 / (b - b) == 1) || true)",
        "lists.range(100000).all(a, lists.range(100000).all(b, true))",
        LOOP + ".sortBy(a, " + LOOP + ".map(b, " + LOOP + ".map(c, c).sum()).sum())");
  }

  private static String nested(int depth, String innermost) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      text.append(LOOP).append(".all(x").append(i).append(", ");
    }
    return text + innermost + ")".repeat(depth);
  }

  private static List<String> growth() {
    return List.of(
        doubled("'aaaaaaaaaaaaaaaa'", "x + x", 40) + " == ''",
        doubled("[1, 2, 3, 4]", "x + x", 40) + ".size() == 0",
        doubled("b'aaaaaaaa'", "x + x", 40) + " == b''",
        doubled("[1]", "[x, x]", 60) + " == " + doubled("[1]", "[x, x]", 60),
        doubled("[1]", "[x, x]", 60) + ".flatten(100).size() == 0",
        "'%s'.format([" + doubled("[1]", "[x, x]", 60) + "])",
        doubled("'aaaaaaaa'", "x.replace('a', x)", 20) + " == ''",
        doubled("'a'", "'%s%s%s%s'.format([x, x, x, x])", 40) + " == ''",
        doubled("'a'", "[x, x, x, x].join(x)", 40) + " == ''",
        doubled("'a'", "strings.quote(x)", 100) + " == ''",
        doubled("{'a': 1}", "{'a': x, 'b': x}", 60)
            + " == "
            + doubled("{'a': 1}", "{'a': x, 'b': x}", 60),
        "lists.range(9223372036854775807)",
        "lists.range(2000000000).size()",
        LOOP + ".map(x, object.text + string(x)).join(object.text)",
        LOOP + ".map(x, object.text + object.text)",
        "object.text.split('').map(x, x + object.text)",
        "object.text.split('').map(x, [x, x, x, x, x, x]).flatten().flatten().map(x, [x])");
  }

  /** A value that goes through a step again and again. */
  private static String doubled(String start, String step, int times) {
    return "[" + start + "]" + (".map(x, " + step + ")").repeat(times) + "[0]";
  }

  private static List<String> functions() {
    return List.of(
        "object.text.replace('', object.text)",
        "object.text.replace('a', object.text)",
        "lists.range(10000).all(x, object.text.contains(object.b))",
        "lists.range(10000).all(x, object.text.indexOf(object.b) < 0)",
        "lists.range(10000).all(x, object.text.lastIndexOf(object.b) < 0)",
        "lists.range(10000).all(x, object.text.lowerAscii() != 'b')",
        "lists.range(10000).all(x, object.text == object.text + '')",
        "object.text.split('').distinct().size() == object.text.split('').map(x, x + 'y').sort().size()",
        "sets.contains(lists.range(20000), lists.range(20000).reverse())",
        "sets.equivalent(lists.range(20000), lists.range(20000).reverse())",
        "lists.range(20000).distinct()",
        "lists.range(20000).map(x, -x).distinct()",
        LOOP + ".all(x, " + LOOP + " == " + LOOP + ")",
        LOOP + ".all(x, " + LOOP + ".sort() == " + LOOP + ")",
        "lists.range(100000).all(x, object.deep == object.deep)",
        "'%s'.format([object.deep])",
        "'%.999999999f'.format([1.0])",
        "lists.range(1000000).map(x, '%.1000f'.format([1.0]))",
        "('%s'.format([object.text]) + '%s').format([object.text])",
        "lists.range(100000).all(x, url('/' + object.text).getQuery().size() == 0)",
        "lists.range(100000).all(x, isQuantity('1e99999999999'))",
        "quantity('1e999999999').add(quantity('1e-999999999')).asApproximateFloat() > 0.0",
        "lists.range(100000).all(x, isSemver(object.text))",
        "lists.range(100000).all(x, format.dns1123Subdomain().validate(object.text).hasValue())",
        "lists.range(100000).all(x, isIP(object.text) || isCIDR(object.text + '/1') || true)",
        "duration('9'.replace('9', object.text))",
        "int(object.text.replace('a', '1'))",
        "double(object.text.replace('a', '1'))",
        "timestamp(object.text)");
  }

  private static List<String> regexes() {
    return List.of(
        "object.text.matches('(a+)+b')",
        "object.text.matches('(a|a)*b$')",
        "object.text.matches('" + "a?".repeat(900) + "a".repeat(900) + "b')",
        "object.text.matches('((a{100}){100}){100}')",
        "object.text.matches('(((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9}')",
        "object.text.matches('" + "(".repeat(3_000) + ")".repeat(3_000) + "')",
        "object.text.matches('[a-z]{0,1000}[a-z]{0,1000}[a-z]{0,1000}b')",
        "object.text.findAll('a*?b|a').size() == 0",
        "lists.range(100000).all(x, object.text.findAll('.').size() > 0)",
        "lists.range(100000).all(x, object.text.matches(object.text.substring(0, 2000)))",
        "lists.range(100000).all(x, 'a'.matches('(a' + string(x) + '){1,900}'))",
        "'a'.matches(object.text + object.text)");
  }

  private static List<String> shapes() {
    return List.of(
        "(".repeat(10_000) + "1" + ")".repeat(10_000),
        "[".repeat(10_000) + "]".repeat(10_000),
        "!".repeat(10_001) + "true",
        "-".repeat(10_001) + "1",
        "1" + " + 1".repeat(8_000) + " == 1",
        "true" + " && true".repeat(3_000),
        "object" + ".a".repeat(10_000),
        "object" + "[0]".repeat(8_000),
        "'" + "a".repeat(40_000) + "'",
        "[1]" + ".map(a, {a: a})".repeat(60),
        "[1]" + ".map(a, [{dyn(a): a}])".repeat(60),
        "optional.of(1)" + ".optMap(x, x)".repeat(100),
        "optional.of(1)" + ".optFlatMap(x, optional.of(x))".repeat(100),
        "true ? ".repeat(3_000) + "1" + " : 1".repeat(3_000),
        "[" + "1,".repeat(15_000) + "1]",
        "{" + "'a': ".repeat(5_000) + "1" + "}".repeat(5_000),
        "\"" + "\\U0001F600".repeat(3_000) + "\".size() == 0",
        "has(object" + ".x".repeat(5_000) + ")",
        "a".repeat(30_000),
        "\u0000\u0001 %%% ((( '''",
        "'''" + "\"".repeat(10_000));
  }
}
