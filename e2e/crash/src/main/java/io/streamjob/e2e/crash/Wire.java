package io.streamjob.e2e.crash;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.streamjob.e2e.crash.Call.Peer;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * All that one life of the operator has to do with the world: every request to Kubernetes, Flink
 * and S3 passes here, whoever in the process makes it. Writes are noted, and at the one that is
 * told the wire is cut: nothing passes any more in either direction, which is what the death of the
 * process looks like from outside.
 */
final class Wire implements AutoCloseable {

  /** How a connection to a peer is opened; fails if nobody answers there. */
  interface Upstream {
    Socket connect() throws IOException;
  }

  private static final long LONGEST_BIND_NANOS = 10_000_000_000L;
  private static final byte[] GONE =
      """
      HTTP/1.1 410 Gone\r
      Content-Length: 0\r
      Connection: close\r
      \r
      """
          .getBytes(ISO_8859_1);

  private final List<Call> calls = new ArrayList<>();
  private final Set<Closeable> open = new HashSet<>();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final CountDownLatch cut = new CountDownLatch(1);
  private boolean isCounting;
  private Optional<Point> point = Optional.empty();
  private Runnable other = () -> {};
  private final List<String> expired = new ArrayList<>();
  private boolean isFrozen;
  private Optional<Link> dying = Optional.empty();
  private volatile long lastWrite = System.nanoTime();

  /**
   * From now on writes are noted, and something happens where told.
   *
   * @param what if it is not the death of the process
   */
  synchronized void arm(Optional<Point> where, Runnable what) {
    point = where;
    other = what;
    isCounting = true;
  }

  /** Holds back all that watches bring, for a time. */
  void freezeWatches(long millis) throws InterruptedException {
    freeze(true);
    Thread.sleep(millis);
    freeze(false);
  }

  private synchronized void freeze(boolean isNow) {
    isFrozen = isNow;
    notifyAll();
  }

  private synchronized void awaitThaw() throws InterruptedException {
    while (isFrozen && !isCut()) {
      wait(100);
    }
  }

  /** Breaks all watches; the API server does not know their places any more. */
  synchronized void breakWatches() {
    List<Link> watches = links.stream().filter(link -> link.watched.isPresent()).toList();
    watches.forEach(link -> {
      expired.add(link.watched.get());
      quietly(link.client);
    });
  }

  private synchronized boolean isExpired(String watch) {
    return expired.remove(watch);
  }

  /** The writes that went out, and the one that was not let out. */
  synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  /** How long there was no write. */
  long quietMillis() {
    return (System.nanoTime() - lastWrite) / 1_000_000;
  }

  /** Waits for the cut; returns whether it came. */
  boolean awaitCut(long millis) throws InterruptedException {
    return cut.await(millis, TimeUnit.MILLISECONDS);
  }

  boolean isCut() {
    return cut.getCount() == 0;
  }

  /**
   * Opens an address that leads to a peer.
   *
   * @param at where; port 0 for any
   */
  URI lead(Peer peer, InetSocketAddress at, Upstream upstream) {
    try {
      var server = new ServerSocket();
      server.setReuseAddress(true);
      bind(server, at);
      keep(server);
      Thread.ofVirtual().start(() -> accept(server, peer, upstream));
      return URI.create("http://%s:%d".formatted(at.getHostString(), server.getLocalPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The address may still be the former life's for a moment. */
  private static void bind(ServerSocket server, InetSocketAddress at) throws IOException {
    long end = System.nanoTime() + LONGEST_BIND_NANOS;
    while (!server.isBound()) {
      try {
        server.bind(at, 128);
      } catch (BindException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        LockSupport.parkNanos(10_000_000);
      }
    }
  }

  /** Cuts the wire. */
  @Override
  public void close() {
    List<Closeable> all;
    synchronized (this) {
      cut.countDown();
      all = List.copyOf(open);
      open.clear();
    }
    all.forEach(Wire::quietly);
  }

  private void accept(ServerSocket server, Peer peer, Upstream upstream) {
    try (server) {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> new Link(peer, client).run(upstream));
      }
    } catch (IOException closed) {
      // The wire is cut.
    }
  }

  private synchronized void keep(Closeable one) throws IOException {
    if (isCut()) {
      quietly(one);
      throw new IOException("the wire is cut");
    }
    open.add(one);
  }

  private synchronized void drop(Closeable one) {
    open.remove(one);
    quietly(one);
  }

  private static void quietly(Closeable one) {
    try {
      one.close();
    } catch (IOException e) {
      // Closed is closed.
    }
  }

  /** Whether a request may go out. */
  private synchronized boolean pass(Link link, Request request) {
    if (isCut() || dying.isPresent()) {
      return false;
    }
    if (!link.peer.isWrite(request)) {
      return true;
    }
    lastWrite = System.nanoTime();
    if (!isCounting) {
      return true;
    }
    String what = Call.what(link.peer, request);
    long before =
        calls.stream().filter(c -> c.peer() == link.peer && c.what().equals(what)).count();
    Call call = new Call(link.peer, what, (int) before + 1);
    calls.add(call);
    if (point.filter(at -> at.call().equals(call)).isEmpty()) {
      return true;
    }
    return switch (point.get().blow()) {
      case DIES_BEFORE -> {
        close();
        yield false;
      }
      case DIES_AFTER -> {
        // Whatever else the process does at this moment, it does it too late.
        dying = Optional.of(link);
        yield true;
      }
      case WATCHES_FREEZE, WATCHES_BREAK, JOB_LABELLED, SERVICES_DELETED, JOB_MANAGERS_KILLED -> {
        Thread.ofVirtual().start(other);
        yield true;
      }
    };
  }

  private synchronized boolean isLast(Link link) {
    return dying.filter(last -> last == link).isPresent();
  }

  /** One connection of the operator. */
  private final class Link {

    private final Peer peer;
    private final Socket client;

    /** What is watched by this connection, if it is a watch. */
    private volatile Optional<String> watched = Optional.empty();

    Link(Peer peer, Socket client) {
      this.peer = peer;
      this.client = client;
    }

    void run(Upstream upstream) {
      try (client) {
        keep(client);
        links.add(this);
        Socket server = upstream.connect();
        try (server) {
          keep(server);
          Thread.ofVirtual().start(() -> replies(server));
          requests(server.getOutputStream());
        } finally {
          drop(server);
        }
      } catch (IOException e) {
        // To the operator: a connection that broke.
      } finally {
        links.remove(this);
        drop(client);
      }
    }

    private void requests(OutputStream out) throws IOException {
      InputStream in = new BufferedInputStream(client.getInputStream());
      for (var next = Request.read(in); next.isPresent(); next = Request.read(in)) {
        if (!pass(this, next.get())) {
          return;
        }
        if (next.get().isWebSocket()) {
          String watch = next.get().path().replaceAll("resourceVersion=[^&]*", "");
          if (isExpired(watch)) {
            client.getOutputStream().write(GONE);
            return;
          }
          watched = Optional.of(watch);
        }
        next.get().write(out);
        if (next.get().isWebSocket()) {
          in.transferTo(out);
          return;
        }
        if (isLast(this)) {
          in.read(); // Until the reply has come, and the wire is cut.
        }
      }
    }

    private void replies(Socket server) {
      byte[] buffer = new byte[16 << 10];
      try {
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int n = in.read(buffer); n >= 0 && !isLast(this); n = in.read(buffer)) {
          if (watched.isPresent()) {
            awaitThaw();
          }
          out.write(buffer, 0, n);
          out.flush();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        // Either side has gone.
      } finally {
        if (isLast(this)) {
          close();
        }
        quietly(server);
        quietly(client);
      }
    }
  }
}
