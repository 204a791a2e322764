package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.INT;
import static ai.a5c.krate.cel.library.Types.LIST_OF_STRING;
import static ai.a5c.krate.cel.library.Types.STRING;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Items;
import com.google.re2j.Matcher;
import java.util.Set;

/** Regular expressions: matches, and find and findAll of Kubernetes. */
final class Regexes {
  private static final Set<String> FUNCTIONS = Set.of("matches", "find", "findAll");

  private Regexes() {}

  static void addTo(Catalog catalog) {
    catalog
        .member("find", STRING, STRING, STRING)
        .member("findAll", LIST_OF_STRING, STRING, STRING)
        .member("findAll", LIST_OF_STRING, STRING, STRING, INT)
        .serve("matches", String.class, call -> over(call).find())
        .serve("find", String.class, Regexes::find)
        .serve("findAll", String.class, Regexes::findAll);
  }

  /** Whether an argument is a regular expression. */
  static boolean takesRegex(String function, int index) {
    return index == 1 && FUNCTIONS.contains(function);
  }

  private static Matcher over(Call call) {
    String text = call.string(0);
    Regex regex =
        call.value(1) instanceof Regex compiled
            ? compiled
            : Regex.compile(call.meter(), call.string(1));
    return regex.over(call.meter(), text);
  }

  private static String find(Call call) {
    Matcher matcher = over(call);
    return matcher.find() ? found(call, matcher) : "";
  }

  private static String found(Call call, Matcher matcher) {
    call.meter().string(matcher.end() - matcher.start());
    return call.string(0).substring(matcher.start(), matcher.end());
  }

  private static Items findAll(Call call) {
    long most = call.count() > 2 ? call.integer(2) : -1;
    Items all = new Items();
    if (most == 0) {
      return all;
    }
    Matcher matcher = over(call);
    int end = -1;
    while ((most < 0 || all.size() < most) && matcher.find()) {
      boolean emptyAfterAnother = matcher.start() == matcher.end() && matcher.start() == end;
      if (!emptyAfterAnother) {
        call.meter().list(1);
        all.append(found(call, matcher));
      }
      end = matcher.end();
    }
    return all;
  }
}
