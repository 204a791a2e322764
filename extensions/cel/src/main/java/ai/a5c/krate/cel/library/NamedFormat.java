package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Opaque;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A form that strings may have.
 *
 * @param name as the expression names it
 * @param rule gives one sentence for each way in which a string breaks the form
 */
record NamedFormat(String name, Function<String, List<String>> rule) implements Opaque {
  private static final int LABEL = 63;
  private static final int SUBDOMAIN = 253;
  private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern DNS1123 = Pattern.compile(DNS_LABEL);
  private static final Pattern DNS1035 = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern DNS_SUBDOMAIN =
      Pattern.compile(DNS_LABEL + "(\\." + DNS_LABEL + ")*+");
  private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final Pattern UUID =
      Pattern.compile("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
  private static final Pattern DATE_TIME =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}[Tt]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?"
              + "([Zz]|[+-]([01]\\d|2[0-3]):[0-5]\\d)");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  /** All that there are, by name. */
  static final Map<String, NamedFormat> ALL = all();

  private static Map<String, NamedFormat> all() {
    Map<String, NamedFormat> all = new TreeMap<>();
    add(all, "dns1123Label", text -> named(text, DNS1123, LABEL));
    add(all, "dns1123LabelPrefix", text -> named(masked(text), DNS1123, LABEL));
    add(all, "dns1123Subdomain", text -> named(text, DNS_SUBDOMAIN, SUBDOMAIN));
    add(all, "dns1123SubdomainPrefix", text -> named(masked(text), DNS_SUBDOMAIN, SUBDOMAIN));
    add(all, "dns1035Label", text -> named(text, DNS1035, LABEL));
    add(all, "dns1035LabelPrefix", text -> named(masked(text), DNS1035, LABEL));
    add(all, "qualifiedName", NamedFormat::qualifiedName);
    add(all, "labelValue", text -> text.isEmpty() ? List.of() : named(text, NAME, LABEL));
    add(all, "uri", NamedFormat::uri);
    add(all, "uuid", text -> only(matches(text, UUID), "does not match the UUID format"));
    add(all, "byte", text -> only(isBase64(text), "invalid base64"));
    add(all, "date", text -> only(isDate(text), "invalid date"));
    add(all, "datetime", text -> only(isDateTime(text), "invalid datetime"));
    return Collections.unmodifiableMap(all);
  }

  private static void add(
      Map<String, NamedFormat> all, String name, Function<String, List<String>> rule) {
    all.put(name, new NamedFormat(name, rule));
  }

  /** What is wrong with a string; empty if nothing is. */
  List<String> faults(String text) {
    return rule.apply(text);
  }

  private static List<String> only(boolean good, String fault) {
    return good ? List.of() : List.of(fault);
  }

  /** Strings that are longer than any that fits are not matched: patterns may recurse. */
  private static boolean matches(String text, Pattern pattern) {
    return text.length() <= SUBDOMAIN && pattern.matcher(text).matches();
  }

  private static List<String> named(String text, Pattern pattern, int longest) {
    List<String> faults = new ArrayList<>();
    if (text.length() > longest) {
      faults.add("must be no more than " + longest + " bytes");
    }
    if (!matches(text, pattern)) {
      faults.add("must match the regular expression '" + pattern + "'");
    }
    return faults;
  }

  /** A prefix of a generated name may end in a dash, after which the name goes on. */
  private static String masked(String text) {
    return text.length() > 1 && text.endsWith("-")
        ? text.substring(0, text.length() - 1) + "a"
        : text;
  }

  private static List<String> qualifiedName(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length > 2) {
      return List.of("a qualified name is a name with an optional DNS subdomain and '/' before it");
    }
    List<String> faults = new ArrayList<>();
    if (parts.length == 2) {
      named(parts[0], DNS_SUBDOMAIN, SUBDOMAIN)
          .forEach(fault -> faults.add("prefix part " + fault));
    }
    named(parts[parts.length - 1], NAME, LABEL).forEach(fault -> faults.add("name part " + fault));
    return faults;
  }

  private static List<String> uri(String text) {
    try {
      return only(Url.parse(text).path() != null, "");
    } catch (NoValue e) {
      return List.of(e.why());
    }
  }

  private static boolean isBase64(String text) {
    if (text.length() % 4 != 0) {
      return false;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(text);
      return text.isEmpty() || decoded.length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isDate(String text) {
    try {
      return matches(text, DATE) && LocalDate.parse(text).getYear() >= 0;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isDateTime(String text) {
    return matches(text, DATE_TIME) && isDate(text.substring(0, "yyyy-MM-dd".length()));
  }

  static Optional<NamedFormat> of(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  @Override
  public String typeName() {
    return Types.FORMAT.name();
  }
}
