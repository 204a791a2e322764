package ai.a5c.krate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The audit trail as somebody sees it who has the password of a server's own PostgreSQL. */
final class TrailTable implements AutoCloseable {
  private static final String ENTRIES = " krate.object WHERE resource = 'auditevents'";
  private static final String ZEROS = "0".repeat(64);

  private final Connection connection;

  /** A row. */
  record Row(long revision, String namespace, String name, String content) {
    /** As reports name it. */
    String shown() {
      return namespace + "/" + name + " (revision " + revision + ")";
    }

    String hash() {
      return content.substring(content.length() - 66, content.length() - 2);
    }

    /** The same row with another content, whose hash is right. */
    Row forged(String text) {
      String blank = text.substring(0, text.length() - 66) + ZEROS + "\"}";
      return new Row(
          revision, namespace, name, blank.replace(ZEROS + "\"}", sha256(blank) + "\"}"));
    }

    /** An entry that was never made, with a hash that is right, to follow this one. */
    Row next(long at) {
      String other = name.substring(0, name.lastIndexOf('-') + 1) + at;
      String text =
          content
              .replace("\"" + name + "\"", "\"" + other + "\"")
              .replace(
                  "\"resourceVersion\":\"" + revision + "\"", "\"resourceVersion\":\"" + at + "\"")
              .replaceFirst("\"previousHash\":\"[0-9a-f]{64}", "\"previousHash\":\"" + hash());
      return new Row(at, namespace, other, "").forged(text);
    }
  }

  TrailTable(Path data) throws IOException, SQLException {
    String port = Files.readAllLines(data.resolve("database/data/postmaster.pid")).get(3).strip();
    String password = Files.readString(data.resolve("database/password")).strip();
    this.connection =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "krate", password);
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All rows in the order of their revisions. */
  List<Row> rows() throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT revision, namespace, name, content FROM"
                    + ENTRIES
                    + " ORDER BY revision")) {
      while (found.next()) {
        rows.add(
            new Row(
                found.getLong(1),
                found.getString(2),
                found.getString(3),
                new String(found.getBytes(4), StandardCharsets.UTF_8)));
      }
    }
    return rows;
  }

  void save() throws SQLException {
    run("DROP TABLE IF EXISTS public.saved_rows");
    run("DROP TABLE IF EXISTS public.saved_stream");
    run("CREATE TABLE public.saved_rows AS SELECT * FROM" + ENTRIES);
    run("CREATE TABLE public.saved_stream AS SELECT * FROM krate.stream");
  }

  void bringBack() throws SQLException {
    run("DELETE FROM" + ENTRIES);
    run("INSERT INTO krate.object SELECT * FROM public.saved_rows");
    run("DELETE FROM krate.stream");
    run("INSERT INTO krate.stream SELECT * FROM public.saved_stream");
  }

  void remove(Row row) throws SQLException {
    run("DELETE FROM" + ENTRIES + " AND name = '" + row.name() + "'");
  }

  void rename(Row row, String name) throws SQLException {
    run("UPDATE krate.object SET name = '" + name + "' WHERE name = '" + row.name() + "'");
  }

  /** Makes the next entry follow the row. */
  void endAt(Row row) throws SQLException {
    run("UPDATE krate.stream SET hash = '" + row.hash() + "' WHERE name = 'audit'");
  }

  void write(Row row) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO krate.object (api_group, resource, namespace, name, revision, content,"
                + " storage_version) SELECT api_group, resource, ?, ?, ?, ?, storage_version FROM"
                + ENTRIES
                + " LIMIT 1 ON CONFLICT (api_group, resource, namespace, name)"
                + " DO UPDATE SET content = excluded.content")) {
      statement.setString(1, row.namespace());
      statement.setString(2, row.name());
      statement.setLong(3, row.revision());
      statement.setBytes(4, row.content().getBytes(StandardCharsets.UTF_8));
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("nothing was written");
      }
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      var unused = statement.executeUpdate(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
