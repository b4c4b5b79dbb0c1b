package io.weakref.retention;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the {@link RetentionCommand} with heap dumps of {@link PlantedHolders}, one with
 * each garbage collector of this JDK.
 */
@Tag("slow")
class PlantedHoldersTests {

	private static final String PLANTED = PlantedHolders.class.getName();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "-XX:+UseG1GC", "-XX:+UseZGC", "-XX:+UseSerialGC", "-XX:-UseCompressedOops" })
	void everyHolderIsFoundAndNamed(String jvmArgument) {
		Path dump = this.directory.resolve("heap.hprof");
		List<String> printed = ForkedJvm.run(PlantedHolders.class, jvmArgument, "-Ddump=" + dump);
		int line = Integer.parseInt(printed.get(printed.size() - 1));
		assertThat(RetentionSearch.run(dump, "tiles", Progress.NONE).paths()).containsExactly(
				new RetentionPath(PlantedHolders.SESSIONS,
						new RetentionRoot("static", "static field " + PLANTED + ".OPEN"),
						List.of(PLANTED + ".OPEN", "java.util.HashMap.table", "java.util.HashMap$Node.value",
								PLANTED + "$Session.tile"),
						null),
				new RetentionPath(PlantedHolders.LISTENERS,
						new RetentionRoot("static", "static field " + PLANTED + ".BUS"),
						List.of(PLANTED + ".BUS", PLANTED + "$Bus.listeners", "java.util.ArrayList.elementData",
								PLANTED + "$$Lambda.arg$1"),
						null),
				new RetentionPath(PlantedHolders.LOCALS,
						new RetentionRoot("local",
								"local variable of %s.render:%d in thread \"renderer-1\"".formatted(PLANTED, line)),
						List.of(), null),
				new RetentionPath(PlantedHolders.THREAD_LOCALS,
						new RetentionRoot("thread-local",
								"thread local %s.CURRENT of thread \"viewer-1\"".formatted(PLANTED)),
						List.of("java.lang.Thread.threadLocals", "java.lang.ThreadLocal$ThreadLocalMap.table",
								"java.lang.ThreadLocal$ThreadLocalMap$Entry.value", "java.util.ArrayList.elementData"),
						null));
		RetentionReport accounts = RetentionSearch.run(dump, "accounts", Progress.NONE);
		assertThat(accounts.live()).isEqualTo(PlantedHolders.OWNERS);
		assertThat(accounts.paths()).singleElement().satisfies((path) -> {
			assertThat(path.entries()).isEqualTo(PlantedHolders.OWNERS);
			assertThat(path.root().description()).isEqualTo("static field " + PLANTED + ".ACCOUNTS");
			assertThat(path.steps()).endsWith(WeakTableNames.NODE + "." + WeakTableNames.NODE_STRONG,
					PLANTED + "$Account.owner");
			assertThat(path.note()).isEqualTo("the value reaches its key");
		});
		assertThat(RetentionSearch.run(dump, "viewed", Progress.NONE).paths()).extracting((path) -> path.root().kind())
			.containsExactly("thread-local");
		assertThat(RetentionSearch.run(dump, "locks", Progress.NONE).paths()).singleElement().satisfies((path) -> {
			assertThat(path.entries()).isEqualTo(PlantedHolders.LOCKED);
			assertThat(path.root().description()).isEqualTo("static field " + PLANTED + ".LOCKS");
			assertThat(path.steps()).endsWith(WeakTableNames.LOCK_NODE + "." + WeakTableNames.LOCK_PIN);
			assertThat(path.note()).isEqualTo("a thread holds the lock");
		});
		assertThat(RetentionSearch.run(dump, "recent", Progress.NONE).paths()).singleElement().satisfies((path) -> {
			assertThat(path.entries()).isEqualTo(PlantedHolders.HELD);
			assertThat(path.root().description()).isEqualTo("static field " + PLANTED + ".RECENT");
			assertThat(path.steps()).endsWith("java.lang.ref.SoftReference.referent",
					WeakTableNames.HELD_VALUES + ".chunks");
			assertThat(path.note()).isEqualTo("the cache holds it after its last use");
		});
		assertNoSecretIsShown(dump);
	}

	private void assertNoSecretIsShown(Path dump) {
		List<String> shown = new ArrayList<>();
		for (String cache : List.of("tiles", "accounts", "viewed", "locks", "recent", "unknown")) {
			shown.add(run(dump, cache));
			shown.add(run(dump, cache, "--json"));
		}
		assertThat(shown).allSatisfy((text) -> assertThat(text).isNotBlank().doesNotContain(PlantedHolders.SECRET));
		assertThat(shown.get(0)).contains("40 entries held by static field");
	}

	private static String run(Path dump, String... arguments) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		PrintStream output = new PrintStream(bytes, true, StandardCharsets.UTF_8);
		List<String> all = new ArrayList<>(List.of("retention", dump.toString()));
		all.addAll(List.of(arguments));
		new RetentionCommand(output, output).run(all);
		return bytes.toString(StandardCharsets.UTF_8);
	}

	@Test
	void everyNameMatchesAClassOrFieldOfTheLibrary() throws ReflectiveOperationException {
		Class<?> table = Class.forName(WeakTableNames.TABLE);
		Class<?> node = Class.forName(WeakTableNames.NODE);
		assertThat(Class.forName(WeakTableNames.NEAR_CACHE_LOAD).getDeclaredFields()).isNotEmpty();
		assertThat(Class.forName(WeakTableNames.HELD_VALUES).getDeclaredFields()).isNotEmpty();
		assertThat(table.getDeclaredField(WeakTableNames.TABLE_NAME).getType()).isEqualTo(String.class);
		assertThat(table.getDeclaredField(WeakTableNames.TABLE_WEAK_KEYS).getType()).isEqualTo(boolean.class);
		assertThat(table.getDeclaredField(WeakTableNames.TABLE_BINS).getType()).isEqualTo(node.arrayType());
		assertThat(node.getDeclaredField(WeakTableNames.NODE_NEXT).getType()).isEqualTo(node);
		assertThat(node.getDeclaredField(WeakTableNames.NODE_STRONG).getType()).isEqualTo(Object.class);
		Class<?> lockNode = Class.forName(WeakTableNames.LOCK_NODE);
		assertThat(node).isAssignableFrom(lockNode);
		assertThat(lockNode.getDeclaredField(WeakTableNames.LOCK_PIN)).isNotNull();
	}

}
