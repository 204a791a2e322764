package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.meta.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must not be seen of secrets, compiled: every value of at least {@value #SHORTEST} bytes,
 * with and without the line breaks at its end, each of its lines, and its base64 at every
 * alignment. Immutable; {@link Mask} uses it.
 */
final class Masker {
  /** Shorter ones are no secrets, and hiding them would hide everything. */
  static final int SHORTEST = 4;

  /** The most bytes of all that is looked for. */
  static final int MOST_BYTES = 1 << 20;

  private static final int BASE64_LINE = 76;
  private static final int BYTE = 256;

  /** Most jobs have no secrets. */
  private static final Masker OF_NOTHING = new Masker(List.of());

  // The automaton of Aho and Corasick. A state has few children, but for the root.
  private final int[] rootChild = new int[BYTE];
  private int[] firstChild = new int[1024];
  private int[] sibling = new int[1024];
  private byte[] label = new byte[1024];
  private int[] fail = new int[1024];
  private int[] depth = new int[1024];

  /** The length of the longest form that ends in the state, itself or by its suffixes. */
  private int[] match = new int[1024];

  private int states = 1;

  private Masker(Collection<byte[]> forms) {
    for (byte[] form : forms) {
      add(form);
    }
    link();
  }

  /**
   * What hides the secrets.
   *
   * @throws IllegalArgumentException if they are too large to look for
   */
  static Masker of(Collection<Secret> secrets) {
    Map<String, byte[]> forms = new LinkedHashMap<>();
    long bytes = 0;
    for (Secret secret : secrets) {
      for (byte[] form : forms(secret.reveal())) {
        if (form.length >= SHORTEST
            && forms.put(new String(form, StandardCharsets.ISO_8859_1), form) == null) {
          bytes += form.length;
        }
      }
      if (bytes > MOST_BYTES) {
        throw new IllegalArgumentException("the secrets are too large to be kept out of the log");
      }
    }
    return forms.isEmpty() ? OF_NOTHING : new Masker(forms.values());
  }

  private static List<byte[]> forms(byte[] value) {
    List<byte[]> forms = new ArrayList<>();
    byte[] bare = stripped(value);
    List<byte[]> whole = bare.length == value.length ? List.of(value) : List.of(value, bare);
    for (byte[] one : whole) {
      forms.add(one);
      if (one.length >= SHORTEST) {
        base64(one, forms);
      }
    }
    int from = 0;
    for (int i = 0; i <= bare.length; i++) {
      if (i == bare.length || bare[i] == '\n') {
        forms.add(stripped(Arrays.copyOfRange(bare, from, i)));
        from = i + 1;
      }
    }
    return forms;
  }

  private static byte[] stripped(byte[] value) {
    int end = value.length;
    while (end > 0 && (value[end - 1] == '\n' || value[end - 1] == '\r')) {
      end--;
    }
    return Arrays.copyOf(value, end);
  }

  /**
   * Its base64 wherever it stands in what is encoded: of the characters at both ends only those
   * that depend on nothing but the secret. And the lines of what the usual tools make of it alone.
   */
  private static void base64(byte[] value, List<byte[]> forms) {
    forms.add(Base64.getEncoder().encode(value));
    forms.add(Base64.getUrlEncoder().encode(value));
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + value.length];
      System.arraycopy(value, 0, shifted, before, value.length);
      int first = (before * 8 + 5) / 6;
      int last = shifted.length * 8 / 6;
      for (Base64.Encoder encoder :
          List.of(Base64.getEncoder().withoutPadding(), Base64.getUrlEncoder().withoutPadding())) {
        byte[] text = encoder.encode(shifted);
        forms.add(Arrays.copyOfRange(text, first, last));
        if (before == 0 && text.length > BASE64_LINE) {
          for (int from = 0; from < text.length; from += BASE64_LINE) {
            forms.add(Arrays.copyOfRange(text, from, Math.min(from + BASE64_LINE, text.length)));
          }
        }
      }
    }
  }

  private void add(byte[] form) {
    int state = 0;
    for (byte b : form) {
      int next = child(state, b);
      if (next == 0) {
        next = grow(state, b);
      }
      state = next;
    }
    match[state] = form.length;
  }

  private int grow(int parent, byte b) {
    if (states == label.length) {
      int larger = states * 2;
      firstChild = Arrays.copyOf(firstChild, larger);
      sibling = Arrays.copyOf(sibling, larger);
      label = Arrays.copyOf(label, larger);
      fail = Arrays.copyOf(fail, larger);
      depth = Arrays.copyOf(depth, larger);
      match = Arrays.copyOf(match, larger);
    }
    int state = states++;
    label[state] = b;
    depth[state] = depth[parent] + 1;
    if (parent == 0) {
      rootChild[b & 0xff] = state;
    } else {
      sibling[state] = firstChild[parent];
      firstChild[parent] = state;
    }
    return state;
  }

  private int child(int state, byte b) {
    if (state == 0) {
      return rootChild[b & 0xff];
    }
    int next = firstChild[state];
    while (next != 0 && label[next] != b) {
      next = sibling[next];
    }
    return next;
  }

  /** Breadth first, so that what a state falls back to is done before it. */
  private void link() {
    int[] queue = new int[states];
    int end = 0;
    for (int root : rootChild) {
      if (root != 0) {
        queue[end++] = root;
      }
    }
    for (int at = 0; at < end; at++) {
      int state = queue[at];
      for (int next = firstChild[state]; next != 0; next = sibling[next]) {
        fail[next] = next(fail[state], label[next]);
        match[next] = Math.max(match[next], match[fail[next]]);
        queue[end++] = next;
      }
    }
  }

  /** Whether there is anything to look for. */
  boolean isEmpty() {
    return states == 1;
  }

  /** The state after a further byte; 0 if no form begins with what was read last. */
  int next(int state, byte b) {
    int at = state;
    while (true) {
      int next = child(at, b);
      if (next != 0 || at == 0) {
        return next;
      }
      at = fail[at];
    }
  }

  /** How many of the last bytes may be the beginning of a form. */
  int depth(int state) {
    return depth[state];
  }

  /** How many of the last bytes are a form; 0 if none. */
  int match(int state) {
    return match[state];
  }
}
