package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Opaque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An absolute URI or an absolute path, as a request has it: a {@code #} is part of the path or the
 * query.
 *
 * @param host with its port, if it has one
 * @param path percent-encoded
 * @param query percent-encoded
 */
record Url(String scheme, String host, String path, String query) implements Opaque {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);
  private static final Pattern PORT = Pattern.compile("(:\\d*)?");
  private static final int LONGEST = 65_536;

  /**
   * Reads one.
   *
   * @throws NoValue if it is none
   */
  static Url parse(String text) {
    if (text.isEmpty()) {
      throw malformed("empty url");
    }
    if (text.length() > LONGEST) {
      throw malformed("longer than " + LONGEST + " characters");
    }
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw malformed("invalid control character in URL");
    }
    if (text.startsWith(":")) {
      throw malformed("missing protocol scheme");
    }
    Matcher form = SCHEME.matcher(text);
    boolean absolute = form.matches();
    String scheme = absolute ? Percent.lower(form.group(1)) : "";
    String rest = absolute ? form.group(2) : text;
    int mark = rest.indexOf('?');
    String query = mark < 0 ? "" : rest.substring(mark + 1);
    return hierarchical(scheme, mark < 0 ? rest : rest.substring(0, mark), query);
  }

  private static Url hierarchical(String scheme, String rest, String query) {
    if (!rest.startsWith("/")) {
      if (scheme.isEmpty()) {
        throw malformed("invalid URI for request");
      }
      return new Url(scheme, "", "", query);
    }
    if (scheme.isEmpty() || !rest.startsWith("//")) {
      return new Url(scheme, "", Percent.encodedPath(rest), query);
    }
    int slash = rest.indexOf('/', 2);
    String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
    String path = slash < 0 ? "" : rest.substring(slash);
    return new Url(scheme, host(authority), Percent.encodedPath(path), query);
  }

  static NoValue malformed(String why) {
    return new NoValue("URL parse error during conversion from string: " + why);
  }

  private static String host(String authority) {
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      Percent.requireUserInfo(authority.substring(0, at));
    }
    String host = authority.substring(at + 1);
    int end;
    if (host.startsWith("[")) {
      end = host.lastIndexOf(']') + 1;
      if (end == 0) {
        throw malformed("missing ']' in host");
      }
    } else {
      end = host.lastIndexOf(':') < 0 ? host.length() : host.lastIndexOf(':');
    }
    if (!PORT.matcher(host.substring(end)).matches()) {
      throw malformed("invalid port \"" + host.substring(end) + "\" after host");
    }
    return Percent.decodedHost(host);
  }

  /** The host without its port and without brackets. */
  String hostname() {
    String name = host.substring(0, host.length() - portWithColon().length());
    return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
  }

  /** The port, empty if there is none. */
  String port() {
    String port = portWithColon();
    return port.isEmpty() ? "" : port.substring(1);
  }

  private String portWithColon() {
    int colon = host.lastIndexOf(':');
    boolean port = colon >= 0 && PORT.matcher(host.substring(colon)).matches();
    return port ? host.substring(colon) : "";
  }

  @Override
  public String typeName() {
    return Types.URL.name();
  }
}
