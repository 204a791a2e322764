package ai.a5c.krate.apiserver.kind;

/** The two forms of names that DNS allows (RFC 1123), in lower case. */
public final class DnsNames {
  /** What a refusal says of a name that is no label. */
  public static final String LABEL_RULE =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and"
          + " must start and end with an alphanumeric character, at most 63 of them";

  /** What a refusal says of a name that is no subdomain. */
  public static final String SUBDOMAIN_RULE =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or"
          + " '.', and must start and end with an alphanumeric character, at most 253 of them";

  private DnsNames() {}

  /** Whether the name is a label: letters, digits and dashes, at most 63. */
  public static boolean isLabel(String name) {
    return name.length() <= 63 && isLabel(name, 0, name.length());
  }

  /** Whether the name is labels joined by dots, at most 253 characters. */
  public static boolean isSubdomain(String name) {
    if (name.length() > 253) {
      return false;
    }
    int from = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
      if (!isLabel(name, from, dot)) {
        return false;
      }
      from = dot + 1;
    }
    return isLabel(name, from, name.length());
  }

  private static boolean isLabel(String name, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = name.charAt(i);
      boolean inside = c == '-' && i > from && i < to - 1;
      if (!inside && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
        return false;
      }
    }
    return to > from;
  }
}
