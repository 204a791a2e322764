package ai.a5c.krate.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.blob.AppendOutcome;
import ai.a5c.krate.spi.blob.AppendOutcome.Appended;
import ai.a5c.krate.spi.blob.AppendOutcome.Elsewhere;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The laws of {@code ai.a5c.krate.spi.blob}, which every implementation joins by extending this
 * class.
 *
 * <p>Each rule has a number and a sentence. In short:
 *
 * <ul>
 *   <li><b>B1, append.</b> At the end or not at all, and the writer is told where the end is. Of
 *       many who append at one offset, one succeeds.
 *   <li><b>B2, reading.</b> Byte for byte from any offset on, whatever the chunks were, on every
 *       server.
 *   <li><b>B3, growth.</b> Who waits wakes when somebody appends, here or on another server.
 *   <li><b>B4, deletion.</b> What is deleted is as if it had never been.
 *   <li><b>B5, bounds.</b> What is out of range is refused with {@link IllegalArgumentException},
 *       and nothing is stored.
 * </ul>
 */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
public abstract class BlobStoreContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String STREAM = "7d0c/1";

  private List<Storage> servers = List.of();

  /** As many servers as wanted on one empty store of its own for each call. */
  protected abstract List<? extends Storage> openEmpty(int servers) throws Exception;

  /** How long to wait for what must happen before the rule is held to be broken. */
  protected Duration patience() {
    return PATIENCE;
  }

  @BeforeEach
  final void openServers() throws Exception {
    servers = List.copyOf(openEmpty(2));
  }

  @AfterEach
  final void closeServers() {
    servers.forEach(Storage::close);
  }

  private BlobStore blobs() {
    return servers.getFirst().blobs();
  }

  private BlobStore other() {
    return servers.getLast().blobs();
  }

  @Test
  @DisplayName("B1.1 an append at the end is stored, and tells the length with it")
  final void b1_1() {
    assertThat(blobs().append(STREAM, 0, Bytes.utf8("one"))).isEqualTo(new Appended(3));
    assertThat(blobs().append(STREAM, 3, Bytes.utf8("two!"))).isEqualTo(new Appended(7));

    assertThat(text(blobs(), STREAM, 0, 100)).isEqualTo("onetwo!");
  }

  @Test
  @DisplayName("B1.2 an append before the end stores nothing, and tells where the end is")
  final void b1_2() {
    assertThat(blobs().append(STREAM, 0, Bytes.utf8("one"))).isEqualTo(new Appended(3));

    assertThat(blobs().append(STREAM, 0, Bytes.utf8("again"))).isEqualTo(new Elsewhere(3));
    assertThat(blobs().append(STREAM, 1, Bytes.utf8("ne"))).isEqualTo(new Elsewhere(3));

    assertThat(text(blobs(), STREAM, 0, 100)).isEqualTo("one");
  }

  @Test
  @DisplayName("B1.3 an append behind the end leaves no hole: it stores nothing")
  final void b1_3() {
    assertThat(blobs().append(STREAM, 5, Bytes.utf8("late"))).isEqualTo(new Elsewhere(0));
    assertThat(blobs().append(STREAM, 0, Bytes.utf8("one"))).isEqualTo(new Appended(3));
    assertThat(blobs().append(STREAM, 4, Bytes.utf8("late"))).isEqualTo(new Elsewhere(3));

    assertThat(text(other(), STREAM, 0, 100)).isEqualTo("one");
  }

  @Test
  @DisplayName("B1.4 of many who append at one offset on several servers, one succeeds each time")
  final void b1_4() throws Exception {
    int writers = 8;
    int rounds = 8;
    List<Callable<Integer>> racers = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      BlobStore mine = servers.get(writer % servers.size()).blobs();
      racers.add(
          () -> {
            int won = 0;
            for (int round = 0; round < rounds; round++) {
              won += mine.append(STREAM, round, Bytes.utf8("x")) instanceof Appended ? 1 : 0;
              // The others are still on their way: the offset is there for all of them.
              assertThat(mine.awaitGrowth(STREAM, round, patience())).isTrue();
            }
            return won;
          });
    }
    int won = 0;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> one : executor.invokeAll(racers)) {
        won += one.get();
      }
    }

    assertThat(won).isEqualTo(rounds);
    assertThat(blobs().length(STREAM)).isEqualTo(rounds);
  }

  @Test
  @DisplayName("B1.5 a chunk of the largest size is stored whole")
  final void b1_5() {
    byte[] chunk = noise(BlobStore.MOST_BYTES);
    assertThat(blobs().append(STREAM, 0, Bytes.copyOf(chunk)))
        .isEqualTo(new Appended(BlobStore.MOST_BYTES));

    assertThat(other().read(STREAM, 0, BlobStore.MOST_BYTES)).isEqualTo(Bytes.copyOf(chunk));
  }

  @Test
  @DisplayName("B2.1 what was answered is seen by every server, and by the next one")
  final void b2_1() {
    for (int at = 0; at < 20; at++) {
      assertThat(servers.get(at % 2).blobs().append(STREAM, at, Bytes.utf8("x")))
          .isEqualTo(new Appended(at + 1));
      assertThat(servers.get((at + 1) % 2).blobs().length(STREAM)).isEqualTo(at + 1);
    }
  }

  @Test
  @DisplayName("B2.2 from any offset and with any limit the bytes are those of the whole")
  final void b2_2() {
    byte[] whole = noise(10_000);
    var random = new Random(7);
    for (int at = 0; at < whole.length; ) {
      int size = Math.min(whole.length - at, 1 + random.nextInt(random.nextBoolean() ? 10 : 900));
      var chunk = Arrays.copyOfRange(whole, at, at + size);
      assertThat(blobs().append(STREAM, at, Bytes.owning(chunk)))
          .isEqualTo(new Appended(at + size));
      at += size;
    }

    for (int i = 0; i < 50; i++) {
      int from = random.nextInt(whole.length);
      assertThat(readFrom(other(), from, 1 + random.nextInt(3_000)))
          .isEqualTo(Arrays.copyOfRange(whole, from, whole.length));
    }
  }

  @Test
  @DisplayName("B2.3 a reading gives no more than its limit, and at least one byte if there is one")
  final void b2_3() {
    append("some", "thing");

    assertThat(text(blobs(), STREAM, 0, 1)).isEqualTo("s");
    assertThat(text(blobs(), STREAM, 8, 5)).isEqualTo("g");
    Bytes middle = blobs().read(STREAM, 2, 4);
    assertThat(middle.isEmpty()).isFalse();
    assertThat("meth").startsWith(middle.utf8());
  }

  @Test
  @DisplayName("B2.4 at the end and beyond it there is nothing, and no stream is an empty one")
  final void b2_4() {
    append("some");

    assertThat(blobs().read(STREAM, 4, 10).isEmpty()).isTrue();
    assertThat(blobs().read(STREAM, Long.MAX_VALUE, BlobStore.MOST_BYTES).isEmpty()).isTrue();
    assertThat(blobs().length("nobody")).isZero();
    assertThat(blobs().read("nobody", 0, 10).isEmpty()).isTrue();
  }

  @Test
  @DisplayName("B2.5 streams are apart, however alike their names are")
  final void b2_5() {
    append("mine");
    assertThat(blobs().append(STREAM + "0", 0, Bytes.utf8("yours"))).isEqualTo(new Appended(5));
    assertThat(blobs().append("7D0C/1", 0, Bytes.utf8("theirs"))).isEqualTo(new Appended(6));

    assertThat(text(blobs(), STREAM, 0, 100)).isEqualTo("mine");
    assertThat(text(blobs(), STREAM + "0", 0, 100)).isEqualTo("yours");
    assertThat(text(blobs(), "7D0C/1", 0, 100)).isEqualTo("theirs");
  }

  @Test
  @DisplayName("B3.1 who waits for what is there already need not wait")
  final void b3_1() throws Exception {
    append("some");

    assertThat(blobs().awaitGrowth(STREAM, 3, Duration.ofDays(1))).isTrue();
    assertThat(other().awaitGrowth(STREAM, 0, Duration.ZERO)).isTrue();
  }

  @Test
  @DisplayName("B3.2 who waits in vain is told so")
  final void b3_2() throws Exception {
    append("some");

    assertThat(blobs().awaitGrowth(STREAM, 4, Duration.ofMillis(1))).isFalse();
    assertThat(blobs().awaitGrowth(STREAM, 4, Duration.ZERO)).isFalse();
    assertThat(blobs().awaitGrowth("nobody", 0, Duration.ofMillis(1))).isFalse();
  }

  @Test
  @DisplayName("B3.3 an append wakes who waits on the same server, for a new stream, too")
  final void b3_3() throws Exception {
    assertWoken(blobs(), blobs());
  }

  @Test
  @DisplayName("B3.4 an append wakes who waits on another server")
  final void b3_4() throws Exception {
    assertWoken(blobs(), other());
  }

  @Test
  @DisplayName("B3.5 closing the store wakes who waits")
  final void b3_5() throws Exception {
    var begun = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> waiting =
          executor.submit(
              () -> {
                begun.countDown();
                return blobs().awaitGrowth(STREAM, 0, patience());
              });
      begun.await();
      servers.getFirst().close();

      assertThatThrownBy(() -> waiting.get(patience().toMillis(), TimeUnit.MILLISECONDS))
          .cause()
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  @DisplayName("B4.1 a deleted stream is empty, and can be begun again")
  final void b4_1() {
    append("some");
    other().delete(STREAM);

    assertThat(blobs().length(STREAM)).isZero();
    assertThat(blobs().read(STREAM, 0, 10).isEmpty()).isTrue();
    assertThat(blobs().append(STREAM, 4, Bytes.utf8("thing"))).isEqualTo(new Elsewhere(0));
    assertThat(blobs().append(STREAM, 0, Bytes.utf8("new"))).isEqualTo(new Appended(3));
    assertThat(text(other(), STREAM, 0, 10)).isEqualTo("new");
  }

  @Test
  @DisplayName("B4.2 deleting what is not there is no fault")
  final void b4_2() {
    blobs().delete("nobody");

    assertThat(blobs().deleteAll("nobody/")).isZero();
  }

  @Test
  @DisplayName("B4.3 by a prefix those go that begin with it, and no others")
  final void b4_3() {
    List<String> gone = List.of("a_b/1", "a_b/10", "a_b/2/x");
    List<String> kept = List.of("a_b", "a_c/1", "aXb/1", "a_b-1", "b_b/1", "A_b/1");
    gone.forEach(this::begin);
    kept.forEach(this::begin);

    assertThat(blobs().deleteAll("a_b/")).isEqualTo(3);

    assertThat(gone).allMatch(name -> other().length(name) == 0);
    assertThat(kept).allMatch(name -> other().length(name) == 1);
  }

  @Test
  @DisplayName("B4.4 no more than the most go in one call")
  final void b4_4() {
    for (int i = 0; i < BlobStore.MOST_DELETED + 3; i++) {
      begin("many/" + i);
    }

    assertThat(blobs().deleteAll("many/")).isEqualTo(BlobStore.MOST_DELETED);
    assertThat(blobs().deleteAll("many/")).isEqualTo(3);
    assertThat(blobs().deleteAll("many/")).isZero();
  }

  @Test
  @DisplayName("B5.1 names are of the few characters that they may have")
  final void b5_1() {
    String longest = "n".repeat(BlobStore.MOST_NAME);
    begin(longest);
    assertThat(blobs().length(longest)).isEqualTo(1);

    for (String name : List.of("", longest + "n", "a b", "a\n", "ä", "a%", "a\0")) {
      assertThatThrownBy(() -> blobs().append(name, 0, Bytes.utf8("x")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> blobs().length(name)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @DisplayName("B5.2 chunks, offsets and limits are in their ranges")
  final void b5_2() {
    append("some");
    Bytes large = Bytes.owning(new byte[BlobStore.MOST_BYTES + 1]);

    assertThatThrownBy(() -> blobs().append(STREAM, 4, Bytes.EMPTY))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs().append(STREAM, 4, large))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs().append(STREAM, -1, Bytes.utf8("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs().append(STREAM, Long.MAX_VALUE, Bytes.utf8("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs().read(STREAM, -1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs().read(STREAM, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs().read(STREAM, 0, BlobStore.MOST_BYTES + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(blobs().length(STREAM)).isEqualTo(4);
  }

  private void append(String... chunks) {
    long at = 0;
    for (String chunk : chunks) {
      AppendOutcome outcome = blobs().append(STREAM, at, Bytes.utf8(chunk));
      assertThat(outcome).isEqualTo(new Appended(at + chunk.length()));
      at += chunk.length();
    }
  }

  private void begin(String stream) {
    assertThat(blobs().append(stream, 0, Bytes.utf8("x"))).isEqualTo(new Appended(1));
  }

  /** Each append is awaited before the next one, so that every one of them must wake. */
  private void assertWoken(BlobStore writer, BlobStore waiter) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int at = 0; at < 10; at++) {
        int beyond = at;
        var begun = new CountDownLatch(1);
        Future<Boolean> waiting =
            executor.submit(
                () -> {
                  begun.countDown();
                  return waiter.awaitGrowth(STREAM, beyond, patience());
                });
        begun.await();
        assertThat(writer.append(STREAM, at, Bytes.utf8("x"))).isEqualTo(new Appended(at + 1));
        assertThat(waiting.get()).isTrue();
      }
    }
  }

  private byte[] readFrom(BlobStore store, int from, int limit) {
    var read = new ByteArrayOutputStream();
    for (Bytes part = store.read(STREAM, from, limit);
        !part.isEmpty();
        part = store.read(STREAM, from + read.size(), limit)) {
      assertThat(part.size()).isLessThanOrEqualTo(limit);
      read.writeBytes(part.toArray());
    }
    return read.toByteArray();
  }

  private static String text(BlobStore store, String stream, long offset, int limit) {
    return store.read(stream, offset, limit).utf8();
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
