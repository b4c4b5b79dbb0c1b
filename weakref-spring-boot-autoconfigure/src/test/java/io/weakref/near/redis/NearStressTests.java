package io.weakref.near.redis;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import io.lettuce.core.KillArgs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two JVMs read and write the same keys at the same time. Once they are quiet, every
 * entry of a first level equals that of Redis, and no JVM ever saw two instances of one
 * key and content. The test is short by default and longer in the profile
 * {@code near-stress}.
 * <p>
 * To show that the test can fail, it also runs with mutants: classes compiled from the
 * source with one change that removes what the promise depends on.
 */
@RequiresRedis
@Tag("slow")
class NearStressTests {

	private static final int SECONDS = Integer.getInteger("weakref.near.stress.seconds", 4);

	/** How long a mutant may survive. A run ends with the first round that detects it. */
	private static final int MUTANT_SECONDS = Math.max(60, SECONDS);

	private static final int PATIENCE_SECONDS = 30;

	private static final int ROUND_MILLIS = 500;

	@Test
	void noEntryStaysStaleAndNoInstanceIsDuplicated() {
		Outcome outcome = run(SECONDS, Kills.NONE, System.getProperty("java.class.path"));
		assertThat(outcome.stale()).as("stale").isZero();
		assertThat(outcome.twins()).as("twins").isZero();
		assertThat(outcome.live()).as("live entries that were compared").isPositive();
	}

	@Test
	void noEntryStaysStaleAndNoInstanceIsDuplicatedWhileConnectionsAreKilled() {
		Outcome outcome = run(SECONDS, Kills.THEN_QUIET, System.getProperty("java.class.path"));
		assertThat(outcome.kills()).as("killed connections").isPositive();
		assertThat(outcome.stale()).as("stale").isZero();
		assertThat(outcome.twins()).as("twins").isZero();
		assertThat(outcome.live()).as("live entries that were compared").isPositive();
	}

	@Test
	void withoutTheFenceEntriesStayStale(@TempDir Path folder) {
		String classPath = mutate(folder, "near/NearFence.java",
				"return ifValid(key, lease, () -> this.first.put(key, value));",
				"this.first.put(key, value); return true;");
		assertThat(run(MUTANT_SECONDS, Kills.NONE, classPath).stale()).isPositive();
	}

	@Test
	void withoutTheFlushEntriesStayStaleWhenConnectionsAreKilled(@TempDir Path folder) {
		String classPath = mutate(folder, "near/redis/Tracking.java",
				"for (PrefixSubscription subscription : subscriptions) {",
				"for (PrefixSubscription subscription : List.<PrefixSubscription>of()) {");
		assertThat(run(MUTANT_SECONDS, Kills.TO_THE_END, classPath).stale()).isPositive();
	}

	@Test
	void withoutSharedInstancesInstancesAreDuplicated(@TempDir Path folder) {
		String classPath = mutate(folder, "near/SharedInstances.java", "if (!isShareable(value)) {", "if (true) {");
		assertThat(run(MUTANT_SECONDS, Kills.NONE, classPath).twins()).isPositive();
	}

	/** Work and check in rounds, until one shows an error. */
	private static Outcome run(int seconds, Kills kills, String classPath) {
		try (RedisServer server = RedisServer.start();
				Jvm one = new Jvm(classPath, server.port());
				Jvm other = new Jvm(classPath, server.port())) {
			List<Jvm> jvms = List.of(one, other);
			jvms.forEach((jvm) -> jvm.expect("ready"));
			Outcome sum = new Outcome(0, 0, 0, 0);
			String last = "";
			long start = System.nanoTime();
			while (sum.stale() + sum.twins() == 0 && goesOn(sum, System.nanoTime() - start, seconds)) {
				jvms.forEach((jvm) -> jvm.tell("work " + ROUND_MILLIS));
				int killed = killTracking(server, kills.millis);
				jvms.forEach((jvm) -> jvm.expect("quiet"));
				jvms.forEach((jvm) -> jvm.tell("check"));
				sum = sum.plus(new Outcome(0, 0, 0, killed));
				for (Jvm jvm : jvms) {
					last = jvm.expect("checked");
					sum = sum.plus(Outcome.of(last));
				}
			}
			System.out.printf("kills=%d (%s), live=%d, last: %s%n", sum.kills(), kills, sum.live(), last);
			return sum;
		}
	}

	/**
	 * Continue for longer if the first levels were empty in each check, on a busy
	 * machine.
	 */
	private static boolean goesOn(Outcome sum, long nanos, int seconds) {
		long limit = seconds + ((sum.live() == 0) ? PATIENCE_SECONDS : 0);
		return nanos < limit * 1_000_000_000L;
	}

	/**
	 * Kill the connections on which the server reports changes, several times.
	 */
	private static int killTracking(RedisServer server, int millis) {
		return server.with((commands) -> {
			int killed = 0;
			long end = System.nanoTime() + millis * 1_000_000L;
			while (System.nanoTime() < end) {
				List<Long> tracking = commands.clientList()
					.lines()
					.filter((line) -> Stream.of(line.split(" "))
						.anyMatch((word) -> word.startsWith("flags=") && word.contains("B")))
					.map((line) -> Long.valueOf(line.substring("id=".length(), line.indexOf(' '))))
					.toList();
				for (Long id : tracking) {
					killed += commands.clientKill(KillArgs.Builder.id(id)).intValue();
				}
				commands.blpop(0.15, "nothing");
			}
			return killed;
		});
	}

	/** Compile a changed copy of a class, to be found before the class itself. */
	private static String mutate(Path folder, String file, String original, String mutant) {
		try {
			String source = Files.readString(Path.of("src/main/java/io/weakref", file));
			assertThat(source).containsOnlyOnce(original);
			Path mutated = folder.resolve(Path.of(file).getFileName());
			Files.writeString(mutated, source.replace(original, mutant));
			Path classes = Files.createDirectory(folder.resolve("classes"));
			String classPath = System.getProperty("java.class.path");
			StringWriter errors = new StringWriter();
			int result = ToolProvider.findFirst("javac")
				.orElseThrow()
				.run(new PrintWriter(errors), new PrintWriter(errors), "-proc:none", "-nowarn", "-d",
						classes.toString(), "-cp", classPath, mutated.toString());
			assertThat(result).as(errors.toString()).isZero();
			return classes + File.pathSeparator + classPath;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** How long connections are killed in each round. */
	private enum Kills {

		NONE(0),

		/**
		 * Only in the first half of a round: each kill empties the first level, and the
		 * check compares the entries that were stored after the last one.
		 */
		THEN_QUIET(ROUND_MILLIS / 2),

		/**
		 * Until the end: if nothing empties the first level, the last kill shows most.
		 */
		TO_THE_END(ROUND_MILLIS);

		private final int millis;

		Kills(int millis) {
			this.millis = millis;
		}

	}

	private record Outcome(long stale, long twins, long live, long kills) {

		private static final Pattern CHECKED = Pattern.compile("checked stale=(\\d+) twins=(\\d+) live=(\\d+) .*");

		private static Outcome of(String line) {
			Matcher matcher = CHECKED.matcher(line);
			assertThat(matcher.matches()).as(line).isTrue();
			return new Outcome(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)),
					Long.parseLong(matcher.group(3)), 0);
		}

		private Outcome plus(Outcome other) {
			return new Outcome(this.stale + other.stale, this.twins + other.twins, this.live + other.live,
					this.kills + other.kills);
		}

	}

	/**
	 * A JVM that works and checks on command.
	 */
	private static final class Jvm implements AutoCloseable {

		private final Process process;

		private final BufferedReader lines;

		private final PrintWriter commands;

		private final List<String> heard = new ArrayList<>();

		private Jvm(String classPath, int port) {
			try {
				this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
						"-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", classPath, NearStress.class.getName(),
						String.valueOf(port))
					.redirectErrorStream(true)
					.start();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.lines = new BufferedReader(
					new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
			this.commands = new PrintWriter(this.process.getOutputStream(), true, StandardCharsets.UTF_8);
		}

		private void tell(String command) {
			this.commands.println(command);
		}

		private String expect(String word) {
			try {
				for (String line = this.lines.readLine(); line != null; line = this.lines.readLine()) {
					this.heard.add(line);
					if (line.startsWith(word)) {
						return line;
					}
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			throw new IllegalStateException("Ended without '%s', after %s".formatted(word, this.heard));
		}

		@Override
		public void close() {
			this.process.destroyForcibly();
			try {
				this.process.waitFor();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
