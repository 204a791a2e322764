package ai.a5c.krate.apiserver.kind;

import java.util.regex.Pattern;

/** The two forms of names that DNS allows (RFC 1123), in lower case. */
public final class DnsNames {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern LABEL_FORM = Pattern.compile(LABEL);

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
    return name.length() <= 63 && LABEL_FORM.matcher(name).matches();
  }

  /** Whether the name is labels joined by dots, at most 253 characters. */
  public static boolean isSubdomain(String name) {
    if (name.length() > 253) {
      return false;
    }
    for (String label : name.split("\\.", -1)) {
      if (!LABEL_FORM.matcher(label).matches()) {
        return false;
      }
    }
    return true;
  }
}
