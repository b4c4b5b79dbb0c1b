package io.weakref.near.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.weakref.GarbageCollection;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * A real server, started from the installed binary, on a free port and in its own folder.
 */
public final class RedisServer implements AutoCloseable {

	private static final String CONFIGURATION = "server.conf";

	private final int port;

	private final Path folder;

	private final List<String> arguments;

	private @Nullable Process process;

	private RedisServer(int port, List<String> arguments) {
		this.port = port;
		this.arguments = arguments;
		try {
			this.folder = Files.createTempDirectory("redis");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start a server.
	 * @param arguments further arguments of its command line
	 * @return the server, which is ready
	 */
	public static RedisServer start(String... arguments) {
		return startOn(freePort(), arguments);
	}

	/**
	 * Start a server.
	 * @param port where it is to listen
	 * @param arguments further arguments of its command line
	 * @return the server, which is ready
	 */
	public static RedisServer startOn(int port, String... arguments) {
		RedisServer server = new RedisServer(port, List.of(arguments));
		server.restart();
		return server;
	}

	/**
	 * Return a server that does not run until it is restarted.
	 * @param arguments further arguments of its command line
	 * @return the server
	 */
	public static RedisServer stopped(String... arguments) {
		return new RedisServer(freePort(), List.of(arguments));
	}

	/**
	 * Start a single Sentinel that watches a master and replaces it within seconds.
	 * @param name the name of the master
	 * @param master the master
	 * @return the Sentinel, which is ready
	 */
	public static RedisServer sentinel(String name, RedisServer master) {
		RedisServer sentinel = new RedisServer(freePort(), List.of("--sentinel"));
		try {
			Files.writeString(sentinel.folder.resolve(CONFIGURATION), """
					sentinel monitor %1$s 127.0.0.1 %2$d 1
					sentinel down-after-milliseconds %1$s 1000
					sentinel failover-timeout %1$s 4000
					""".formatted(name, master.port()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		sentinel.restart();
		return sentinel;
	}

	/**
	 * Return whether the binary is installed.
	 * @return whether it is
	 */
	public static boolean isInstalled() {
		return Files.isExecutable(Path.of(binary()));
	}

	/**
	 * Return the binary.
	 * @return its path
	 */
	public static String binary() {
		return System.getProperty("redis.server", "/usr/bin/redis-server");
	}

	/**
	 * Return a port that is not in use.
	 * @return the port, which is low enough for the port of a cluster bus, 10,000 above
	 * it
	 */
	public static int freePort() {
		while (true) {
			try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
				if (socket.getLocalPort() < 55_000) {
					return socket.getLocalPort();
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/**
	 * Return the port.
	 * @return where the server listens
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Return the folder of the server.
	 * @return where it runs
	 */
	public Path folder() {
		return this.folder;
	}

	/**
	 * Start the server again, on the same port.
	 */
	public void restart() {
		List<String> command = new ArrayList<>(List.of(binary()));
		Path configuration = this.folder.resolve(CONFIGURATION);
		if (Files.exists(configuration)) {
			command.add(configuration.toString());
		}
		command.addAll(List.of("--port", String.valueOf(this.port), "--save", "", "--dir", this.folder.toString(),
				"--bind", "127.0.0.1"));
		command.addAll(this.arguments);
		try {
			this.process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(this.folder.resolve("log.txt").toFile())
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		GarbageCollection.await(this::listens);
	}

	/**
	 * Kill the server, as a crash would.
	 */
	public void kill() {
		Process running = Objects.requireNonNull(this.process);
		running.destroyForcibly();
		try {
			running.waitFor(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.process = null;
	}

	/**
	 * Freeze the server: connections stay open and nothing is answered.
	 */
	public void freeze() {
		signal("STOP");
	}

	/**
	 * Continue a frozen server.
	 */
	public void thaw() {
		signal("CONT");
	}

	/**
	 * Use the server as another client would.
	 * @param <T> the type of the result
	 * @param use what to do
	 * @return its result
	 */
	public <T extends @Nullable Object> T with(Function<RedisCommands<String, String>, T> use) {
		RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", this.port));
		try (StatefulRedisConnection<String, String> connection = client.connect()) {
			return use.apply(connection.sync());
		}
		finally {
			client.shutdown(0, 2, TimeUnit.SECONDS);
		}
	}

	@Override
	public void close() {
		if (this.process != null) {
			if (this.process.isAlive()) {
				signal("CONT");
			}
			kill();
		}
		try {
			FileSystemUtils.deleteRecursively(this.folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean listens() {
		Process running = Objects.requireNonNull(this.process);
		if (!running.isAlive()) {
			throw new IllegalStateException("The server has ended: " + log());
		}
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private String log() {
		try {
			return Files.readString(this.folder.resolve("log.txt"));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private void signal(String signal) {
		try {
			Process running = Objects.requireNonNull(this.process);
			int exit = new ProcessBuilder("kill", "-" + signal, String.valueOf(running.pid())).start().waitFor();
			if (exit != 0) {
				throw new IllegalStateException("kill -%s ended with %d".formatted(signal, exit));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
