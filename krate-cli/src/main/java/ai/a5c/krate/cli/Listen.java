package ai.a5c.krate.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param port 0 picks a free one
 */
record Listen(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");

  static Listen parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(3)) > 65_535) {
      throw new IllegalArgumentException(
          "not HOST:PORT with a port from 0 to 65535; an IPv6 address stands in brackets");
    }
    String host = form.group(1) != null ? form.group(1) : form.group(2);
    return new Listen(host, Integer.parseInt(form.group(3)));
  }

  /** Whether it means every address of the machine. */
  boolean everywhere() {
    return host.equals("0.0.0.0") || host.matches("[0:]+");
  }

  /** The host as it stands in a URL. */
  static String inUrl(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
