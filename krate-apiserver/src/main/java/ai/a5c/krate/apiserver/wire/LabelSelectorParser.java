package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.wire.LabelSelector.Operator;
import ai.a5c.krate.apiserver.wire.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads label selectors from left to right. Used once. */
final class LabelSelectorParser {
  private static final int MAX_LENGTH = 16 * 1024;
  private static final int MAX_PREFIX = 253;
  private static final int MAX_NAME = 63;
  private static final String DELIMITERS = " \t\r\n,()=!<>";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
  private static final Pattern PREFIX =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private final String text;
  private int at;

  LabelSelectorParser(String text) {
    this.text = text;
  }

  List<Requirement> requirements() {
    if (text.length() > MAX_LENGTH) {
      throw refusal("it is longer than " + MAX_LENGTH + " characters");
    }
    List<Requirement> requirements = new ArrayList<>();
    do {
      requirements.add(requirement());
      skipSpace();
    } while (take(","));
    if (at < text.length()) {
      throw expected("',' or the end");
    }
    return requirements;
  }

  private Requirement requirement() {
    skipSpace();
    if (take("!")) {
      return new Requirement(key(), Operator.DOES_NOT_EXIST, new TreeSet<>());
    }
    String key = key();
    skipSpace();
    if (at == text.length() || text.charAt(at) == ',') {
      return new Requirement(key, Operator.EXISTS, new TreeSet<>());
    }
    if (take("!=")) {
      return new Requirement(key, Operator.NOT_IN, one(value()));
    }
    if (take("==") || take("=")) {
      return new Requirement(key, Operator.IN, one(value()));
    }
    if (take(">")) {
      return new Requirement(key, Operator.GREATER_THAN, one(number()));
    }
    if (take("<")) {
      return new Requirement(key, Operator.LESS_THAN, one(number()));
    }
    int start = at;
    String word = word();
    if (word.equals("in")) {
      return new Requirement(key, Operator.IN, values());
    }
    if (word.equals("notin")) {
      return new Requirement(key, Operator.NOT_IN, values());
    }
    at = start;
    throw expected("one of '=', '==', '!=', 'in', 'notin', '<', '>', ',' or the end");
  }

  private SortedSet<String> values() {
    skipSpace();
    if (!take("(")) {
      throw expected("'('");
    }
    skipSpace();
    if (at == text.length() || text.charAt(at) == ')') {
      throw expected("a value");
    }
    SortedSet<String> values = new TreeSet<>();
    do {
      values.add(value());
      skipSpace();
    } while (take(","));
    if (!take(")")) {
      throw expected("',' or ')'");
    }
    return values;
  }

  private String key() {
    skipSpace();
    int start = at;
    String key = word();
    if (key.isEmpty()) {
      throw expected("a label key");
    }
    int slash = key.indexOf('/');
    String name = key.substring(slash + 1);
    String prefix = slash < 0 ? "x" : key.substring(0, slash);
    if (name.length() > MAX_NAME
        || prefix.length() > MAX_PREFIX
        || !NAME.matcher(name).matches()
        || !PREFIX.matcher(prefix).matches()) {
      at = start;
      throw refusal(
          "\""
              + key
              + "\" is no label key: a name of at most 63 letters, digits, '-', '_' and '.',"
              + " which may follow a DNS name and '/'");
    }
    return key;
  }

  private String value() {
    skipSpace();
    int start = at;
    String value = word();
    if (!value.isEmpty() && (value.length() > MAX_NAME || !NAME.matcher(value).matches())) {
      at = start;
      throw refusal(
          "\""
              + value
              + "\" is no label value: at most 63 letters, digits, '-', '_' and '.', beginning and"
              + " ending with a letter or digit");
    }
    return value;
  }

  private String number() {
    skipSpace();
    int start = at;
    String number = word();
    try {
      return Long.toString(Long.parseLong(number));
    } catch (NumberFormatException e) {
      at = start;
      throw expected("a whole number");
    }
  }

  private String word() {
    int start = at;
    while (at < text.length() && DELIMITERS.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean take(String token) {
    if (text.startsWith(token, at)) {
      at += token.length();
      return true;
    }
    return false;
  }

  private static SortedSet<String> one(String value) {
    return new TreeSet<>(List.of(value));
  }

  private ApiException expected(String what) {
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return refusal("found " + found + " where " + what + " is expected");
  }

  private ApiException refusal(String why) {
    return new ApiException(
        new Problem.BadRequest(
            "unable to parse the label selector at character " + (at + 1) + ": " + why));
  }
}
