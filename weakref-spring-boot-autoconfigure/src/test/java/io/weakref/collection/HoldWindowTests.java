package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of values that are held for a while. Time passes only when a test advances it.
 * The values stay alive unless a test says otherwise, so that only whether they are held
 * changes.
 */
class HoldWindowTests {

	private static final Duration HOLD_FOR = Duration.ofMinutes(10);

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("hold-tests").build();

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1000);

	private final Map<Integer, Sample> values = new HashMap<>();

	@AfterEach
	void closeCleaner() {
		this.cleaner.close();
	}

	private WeakValueDictionary.Builder<Integer, Sample> builder() {
		return WeakValueDictionary.<Integer, Sample>builder().cleaner(this.cleaner).time(this.time::get, 0);
	}

	private WeakValueDictionary<Integer, Sample> holding(Duration holdFor) {
		return builder().holdFor(holdFor).build();
	}

	private Sample value(int key) {
		return this.values.computeIfAbsent(key, Sample::new);
	}

	private static HoldWindow window(WeakValueDictionary<?, ?> map) {
		return Objects.requireNonNull(map.table().hold());
	}

	/** Let time pass in small steps, as the drain thread sees it. */
	private void pass(WeakValueDictionary<?, ?> map, Duration duration) {
		long end = this.time.get() + duration.toNanos();
		long step = Math.max(10_000_000L, duration.toNanos() / 1000);
		while (this.time.get() - end < 0) {
			this.time.set((end - this.time.get() < step) ? end : this.time.get() + step);
			window(map).letGo();
		}
	}

	private static Set<Integer> heldKeys(WeakValueDictionary<Integer, Sample> map) {
		Set<Integer> held = new TreeSet<>();
		BinWalker nodes = map.table().walker();
		for (Node node = nodes.next(); node != null; node = nodes.next()) {
			if (((HoldNode) node).isHeld()) {
				held.add(Objects.requireNonNull(map.table().keyIn(node)));
			}
		}
		assertThat(map.heldCount()).isEqualTo(held.size());
		return held;
	}

	@Test
	@Tag("promise-49")
	void valueThatNobodyElseHoldsSurvivesGarbageCollectionsWhileItIsHeld() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		map.put(1, new Sample(1));
		GarbageCollection.collect();
		pass(map, Duration.ofMinutes(9));
		GarbageCollection.collect();
		assertThat(map.get(1)).isNotNull();
		pass(map, Duration.ofMinutes(9));
		GarbageCollection.collect();
		assertThat(map.containsKey(1)).isTrue();
		assertThat(map.liveCount()).isOne();
		assertThat(map.values()).extracting((value) -> value.number).containsExactly(1);
		pass(map, Duration.ofMinutes(3));
		GarbageCollection.until(() -> !map.containsKey(1));
	}

	private static Stream<Consumer<WeakValueDictionary<Integer, Sample>>> uses() {
		Sample other = new Sample(2);
		return Stream.of(named("get", (map) -> map.get(1)), named("getOrDefault", (map) -> map.getOrDefault(1, other)),
				named("computeIfAbsent", (map) -> map.computeIfAbsent(1, (key) -> other)),
				named("compute", (map) -> map.compute(1, (key, old) -> old)),
				named("computeIfPresent", (map) -> map.computeIfPresent(1, (key, old) -> other)),
				named("merge", (map) -> map.merge(1, other, (old, value) -> value)),
				named("put", (map) -> map.put(1, other)),
				named("put of the same", (map) -> map.put(1, Objects.requireNonNull(same(map)))),
				named("putIfAbsent", (map) -> map.putIfAbsent(1, other)),
				named("replace", (map) -> map.replace(1, other)),
				named("replace of one", (map) -> map.replace(1, Objects.requireNonNull(same(map)), other)),
				named("setValue", (map) -> map.entrySet().iterator().next().setValue(other)),
				named("putAll", (map) -> map.putAll(Map.of(1, other))));
	}

	/** Find a value without using it. */
	private static @Nullable Sample same(Map<Integer, Sample> map) {
		return map.values().iterator().next();
	}

	private static Consumer<WeakValueDictionary<Integer, Sample>> named(String name,
			Consumer<WeakValueDictionary<Integer, Sample>> use) {
		return new Consumer<>() {

			@Override
			public void accept(WeakValueDictionary<Integer, Sample> map) {
				use.accept(map);
			}

			@Override
			public String toString() {
				return name;
			}

		};
	}

	@ParameterizedTest
	@MethodSource("uses")
	@Tag("promise-48")
	void useHoldsAValueAgainAndForLonger(Consumer<WeakValueDictionary<Integer, Sample>> use) {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		map.put(1, value(1));
		pass(map, Duration.ofMinutes(9));
		use.accept(map);
		pass(map, Duration.ofMinutes(9));
		assertThat(heldKeys(map)).containsExactly(1);
		pass(map, Duration.ofMinutes(3));
		assertThat(heldKeys(map)).isEmpty();
		use.accept(map);
		assertThat(heldKeys(map)).containsExactly(1);
	}

	@ParameterizedTest
	@MethodSource("uses")
	@Tag("promise-48")
	void useHoldsAValueAgainAmongOrderedKeys(Consumer<WeakValueDictionary<Integer, Sample>> use) {
		WeakValueDictionary<Object, Sample> map = WeakValueDictionary.<Object, Sample>builder()
			.cleaner(this.cleaner)
			.time(this.time::get, 0)
			.holdFor(HOLD_FOR)
			.build();
		for (int i = 1; i < 20; i++) {
			map.put(new Colliding(i), value(i));
		}
		assertThat(map.heldCount()).isEqualTo(19);
		pass(map, Duration.ofMinutes(12));
		assertThat(map.heldCount()).isZero();
		map.get(new Colliding(3));
		map.computeIfAbsent(new Colliding(4), (key) -> value(0));
		map.put(new Colliding(5), value(0));
		map.putIfAbsent(new Colliding(6), value(0));
		map.replace(new Colliding(7), value(0));
		map.merge(new Colliding(8), value(0), (old, value) -> value);
		assertThat(map.heldCount()).isEqualTo(6);
		map.remove(new Colliding(3));
		map.replace(new Colliding(4), value(4), value(0));
		map.entrySet().forEach((entry) -> entry.setValue(value(40)));
		assertThat(map.heldCount()).isEqualTo(18);
		map.clear();
		assertThat(map.heldCount()).isZero();
	}

	private static Stream<Consumer<WeakValueDictionary<Integer, Sample>>> looks() {
		return Stream.of(named("containsKey", (map) -> assertThat(map.containsKey(1)).isTrue()),
				named("containsValue", (map) -> assertThat(map.containsValue(new Sample(1))).isTrue()),
				named("keys", (map) -> map.keySet().forEach((key) -> {
				})), named("values", (map) -> map.values().forEach((key) -> {
				})),
				named("entries", (map) -> assertThat(map.entrySet()).extracting(Map.Entry::getKey).containsExactly(1)),
				named("contains of views",
						(map) -> assertThat(map.keySet().contains(1) && map.values().contains(new Sample(1))
								&& map.entrySet().contains(Map.entry(1, new Sample(1))))
							.isTrue()),
				named("removeIf", (map) -> map.values().removeIf((value) -> false)),
				named("stream", (map) -> assertThat(map.values().stream().toList()).hasSize(1)),
				named("size", (map) -> assertThat(map.size() + map.liveCount()).isEqualTo(2)),
				named("equals", (map) -> assertThat(map).isEqualTo(Map.of(1, new Sample(1)))),
				named("hashCode", (map) -> assertThat(map).hasSameHashCodeAs(Map.of(1, new Sample(1)))),
				named("toString", (map) -> assertThat(map.toString()).isNotEmpty()),
				named("valueRefs", WeakValueDictionary::valueRefs), named("forEach", (map) -> map.forEach((k, v) -> {
				})), named("purge", WeakCollection::purge), named("stats", WeakCollection::stats),
				named("remove of another", (map) -> map.remove(1, new Sample(2))),
				named("replace of another", (map) -> map.replace(1, new Sample(2), new Sample(3))));
	}

	@ParameterizedTest
	@MethodSource("looks")
	@Tag("promise-48")
	void callThatDoesNotObtainAValueByItsKeyIsNoUse(Consumer<WeakValueDictionary<Integer, Sample>> look) {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		map.put(1, value(1));
		pass(map, Duration.ofMinutes(9));
		look.accept(map);
		pass(map, Duration.ofMinutes(3));
		assertThat(heldKeys(map)).isEmpty();
		look.accept(map);
		assertThat(heldKeys(map)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 100, 900, 5_000, 20_000, 600_000, 86_400_000 })
	@Tag("promise-49")
	void valueIsHeldForTheConfiguredTimeAndNotMuchLonger(long millis) {
		Duration holdFor = Duration.ofMillis(millis);
		long late = Math.max(1_000_000_000L, holdFor.toNanos() / 8);
		for (int offset = 0; offset < 10; offset++) {
			WeakValueDictionary<Integer, Sample> map = holding(holdFor);
			map.put(0, value(0));
			pass(map, holdFor.multipliedBy(offset).dividedBy(10));
			map.put(1, value(1));
			long used = this.time.get();
			pass(map, holdFor.minusNanos(1));
			assertThat(heldKeys(map)).contains(1);
			while (map.heldCount() > 0) {
				pass(map, holdFor.dividedBy(1000));
			}
			assertThat(this.time.get() - used).isLessThanOrEqualTo(late + holdFor.toNanos());
		}
	}

	@Test
	@Tag("promise-49")
	void lateDrainThreadReleasesNothingTooEarly() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		map.put(1, value(1));
		pass(map, Duration.ofMinutes(1));
		this.time.addAndGet(Duration.ofHours(1).toNanos());
		map.get(1);
		map.put(2, value(2));
		window(map).letGo();
		window(map).letGo();
		assertThat(heldKeys(map)).containsExactly(1, 2);
		pass(map, Duration.ofMinutes(9));
		assertThat(heldKeys(map)).containsExactly(1, 2);
		pass(map, Duration.ofMinutes(3));
		assertThat(heldKeys(map)).isEmpty();
	}

	@Test
	@Tag("promise-49")
	void firstTickReleasesNothing() {
		WeakValueDictionary<Integer, Sample> map = holding(Duration.ofSeconds(1));
		this.time.addAndGet(Duration.ofDays(3).toNanos());
		map.put(1, value(1));
		window(map).letGo();
		window(map).letGo();
		assertThat(heldKeys(map)).containsExactly(1);
		pass(map, Duration.ofSeconds(3));
		assertThat(heldKeys(map)).isEmpty();
		this.time.addAndGet(Duration.ofDays(3).toNanos());
		map.get(1);
		window(map).letGo();
		assertThat(heldKeys(map)).containsExactly(1);
	}

	@Test
	@Tag("promise-49")
	void ticksWrapAround() {
		for (int before = 0; before < 80; before++) {
			WeakValueDictionary<Integer, Sample> map = builder().holdFor(HOLD_FOR)
				.time(this.time::get, (1 << 28) - before)
				.build();
			WeakValueDictionary<Integer, Sample> other = builder().holdFor(HOLD_FOR)
				.time(this.time::get, -before)
				.build();
			for (WeakValueDictionary<Integer, Sample> each : List.of(map, other)) {
				each.put(1, value(1));
				each.put(2, value(2));
				pass(each, Duration.ofMinutes(5));
				each.get(1);
				pass(each, Duration.ofMinutes(7));
				assertThat(heldKeys(each)).containsExactly(1);
				pass(each, Duration.ofMinutes(2));
				each.get(2);
				pass(each, Duration.ofMinutes(4));
				assertThat(heldKeys(each)).containsExactly(2);
			}
		}
	}

	@Test
	@Tag("promise-51")
	void releasedValueIsNotRemovedWhileSomethingElseHoldsIt() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		Held<Sample> held = new Held<>(new Sample(1));
		map.put(1, held.get());
		map.put(2, new Sample(2));
		pass(map, Duration.ofMinutes(12));
		assertThat(map.holdStats()).isEqualTo(new HoldStats(0, 2, 0, 0));
		assertThat(map.stats().purged()).isZero();
		GarbageCollection.until(() -> map.stats().purged() == 1);
		assertThat(map.keySet()).containsExactly(1);
		assertThat(map.get(1)).isSameAs(held.get());
		held.letGo();
		GarbageCollection.collect();
		assertThat(map.containsKey(1)).isTrue();
	}

	@Test
	@Tag("promise-52")
	void removedAndReplacedValuesAreReleasedImmediately() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		for (int i = 0; i < 12; i++) {
			map.put(i, value(i));
		}
		map.remove(0);
		map.remove(1, value(1));
		map.compute(2, (key, old) -> null);
		map.entrySet().removeIf((entry) -> entry.getKey() == 3);
		Iterator<Integer> keys = map.keySet().iterator();
		int gone = keys.next();
		keys.remove();
		Map.Entry<Integer, Sample> polled = Objects.requireNonNull(map.pollEntry());
		assertThat(heldKeys(map)).hasSize(6).doesNotContain(0, 1, 2, 3, gone, polled.getKey());
		map.put(10, value(20));
		map.replace(11, value(21));
		assertThat(heldKeys(map)).hasSize(6).contains(10, 11);
		List<Integer> numbers = new ArrayList<>();
		GarbageCollection.collect();
		map.values().forEach((value) -> numbers.add(value.number));
		assertThat(numbers).contains(20, 21).doesNotContain(10, 11);
		map.clear();
		assertThat(map.heldCount()).isZero();
		assertThat(map.holdStats()).isEqualTo(new HoldStats(0, 0, 0, 0));
	}

	@Test
	@Tag("promise-52")
	void replacedValueThatNothingElseHoldsDiesAlthoughItsKeyHasAHeldValue() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		Sample first = new Sample(1);
		WeakReference<Sample> gone = new WeakReference<>(first);
		map.put(1, first);
		map.put(1, new Sample(2));
		first = new Sample(3);
		GarbageCollection.until(() -> gone.refersTo(null));
		assertThat(map.get(1)).extracting((value) -> value.number).isEqualTo(2);
		assertThat(first.number).isEqualTo(3);
	}

	@Test
	@Tag("promise-55")
	void nothingIsHeldAfterReleaseHeldUntilTheNextUse() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		for (int i = 0; i < 3000; i++) {
			map.put(i, value(i));
		}
		assertThat(map.heldCount()).isEqualTo(3000);
		map.releaseHeld();
		assertThat(heldKeys(map)).isEmpty();
		assertThat(map.holdStats()).isEqualTo(new HoldStats(0, 0, 0, 0));
		assertThat(map).hasSize(3000);
		map.get(7);
		assertThat(heldKeys(map)).containsExactly(7);
		pass(map, Duration.ofMinutes(9));
		assertThat(heldKeys(map)).containsExactly(7);
	}

	@Test
	@Tag("promise-55")
	void closedCleanerHoldsNothing() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		WeakValueDictionary<Integer, Sample> limited = builder().holdMax(10).build();
		for (int i = 0; i < 1000; i++) {
			map.put(i, value(i));
			limited.put(i, value(i));
		}
		this.cleaner.close();
		assertThat(heldKeys(map)).isEmpty();
		assertThat(heldKeys(limited)).isEmpty();
		map.get(1);
		map.put(2, value(3));
		limited.computeIfAbsent(-1, this::value);
		assertThat(heldKeys(map)).isEmpty();
		assertThat(heldKeys(limited)).isEmpty();
		assertThat(map.get(1)).isSameAs(value(1));
	}

	@Test
	@Tag("promise-50")
	void noMoreThanTheLimitAreHeld() {
		WeakValueDictionary<Integer, Sample> map = builder().holdMax(10).build();
		for (int i = 0; i < 1000; i++) {
			map.put(i, value(i));
			assertThat(map.heldCount()).isEqualTo(Math.min(i + 1, 10));
		}
		assertThat(map.holdStats()).isEqualTo(new HoldStats(10, 0, 990, 0));
		assertThat(map).hasSize(1000);
		for (int i = 0; i < 1000; i++) {
			map.get(i);
		}
		assertThat(heldKeys(map)).hasSize(10);
	}

	@Test
	@Tag("promise-50")
	void limitOfOneHoldsOneValue() {
		WeakValueDictionary<Integer, Sample> map = builder().holdMax(1).build();
		for (int i = 0; i < 10; i++) {
			map.put(i, value(i));
			assertThat(heldKeys(map)).containsExactly(i);
			map.get(i);
			map.get(i);
			map.get(i);
		}
	}

	@Test
	@Tag("promise-50")
	void oftenUsedValuesStayHeldWhenManyAreUsedOnce() {
		WeakValueDictionary<Integer, Sample> map = builder().holdMax(20).build();
		for (int i = 0; i < 2000; i++) {
			for (int often = 0; often < 5; often++) {
				map.computeIfAbsent(-often, this::value);
			}
			map.put(i + 1, value(i));
		}
		assertThat(heldKeys(map)).contains(0, -1, -2, -3, -4).hasSize(20);
	}

	@Test
	@Tag("promise-50")
	void longScanDoesNotDisplaceValuesThatWereUsedAgain() {
		WeakValueDictionary<Integer, Sample> map = builder().holdMax(100).build();
		Set<Integer> usedAgain = new TreeSet<>();
		for (int key = 0; key < 60; key++) {
			map.put(key, value(key));
			map.get(key);
			map.get(key);
			usedAgain.add(key);
		}
		for (int key = 1000; key < 2000; key++) {
			map.put(key, value(key));
		}
		assertThat(heldKeys(map)).containsAll(usedAgain).hasSize(100);
	}

	@Test
	@Tag("promise-49")
	@Tag("promise-50")
	void valuesHeldByTimeAndNumberAreReleasedByBoth() {
		WeakValueDictionary<Integer, Sample> map = builder().holdFor(HOLD_FOR).holdMax(5).build();
		for (int i = 0; i < 8; i++) {
			map.put(i, value(i));
		}
		assertThat(heldKeys(map)).hasSize(5);
		pass(map, Duration.ofMinutes(12));
		assertThat(map.holdStats()).isEqualTo(new HoldStats(0, 5, 3, 0));
	}

	@Test
	void dictionaryWithoutHoldingReportsNoHeldValues() {
		WeakValueDictionary<Integer, Sample> map = builder().build();
		map.put(1, value(1));
		map.get(1);
		map.releaseHeld();
		assertThat(map.isHolding()).isFalse();
		assertThat(map.heldCount()).isZero();
		assertThat(map.holdStats()).isEqualTo(new HoldStats(0, 0, 0, 0));
		assertThat(holding(HOLD_FOR).isHolding()).isTrue();
		assertThat(builder().holdMax(1).build().isHolding()).isTrue();
	}

	@Test
	@Tag("promise-58")
	void entryOfADictionaryWithoutHoldingHasNoStateOfHolding() {
		assertThat(entryType(builder().build())).isSameAs(Node.class);
		assertThat(entryType(holding(HOLD_FOR))).isSameAs(HoldNode.class);
		assertThat(Stream.of(Node.class.getDeclaredFields())
			.filter((field) -> !Modifier.isStatic(field.getModifiers()))
			.map(Field::getName)).containsExactlyInAnyOrder("hash", "strong", "next");
	}

	private Class<?> entryType(WeakValueDictionary<Integer, Sample> map) {
		List<Class<?>> types = new ArrayList<>();
		map.put(1, value(1));
		map.table().forEachEntry(value(1), (entry) -> types.add(entry.getClass()));
		assertThat(types).hasSize(1);
		return types.get(0);
	}

	@Test
	void limitsMustBePositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> builder().holdFor(Duration.ZERO))
			.withMessage("holdFor must be positive: PT0S");
		assertThatIllegalArgumentException().isThrownBy(() -> builder().holdFor(Duration.ofMillis(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> builder().holdMax(0))
			.withMessage("holdMax must be positive: 0");
		assertThatExceptionOfType(NullPointerException.class)
			.isThrownBy(() -> builder().holdFor(Objects.requireNonNull((Duration) null)));
		WeakValueDictionary<Integer, Sample> map = holding(Duration.ofSeconds(Long.MAX_VALUE));
		map.put(1, value(1));
		pass(map, Duration.ofDays(1000));
		assertThat(heldKeys(map)).containsExactly(1);
	}

	@Test
	@Tag("promise-49")
	void drainThreadReleasesValuesInAnIdleApplication() {
		WeakValueDictionary<Integer, Sample> map = WeakValueDictionary.<Integer, Sample>builder()
			.cleaner(this.cleaner)
			.holdFor(Duration.ofMillis(10))
			.build();
		map.put(1, value(1));
		GarbageCollection.await(() -> map.heldCount() == 0);
		map.get(1);
		assertThat(map.holdStats().releasedByTime()).isOne();
		GarbageCollection.await(() -> map.holdStats().releasedByTime() == 2);
	}

	@Test
	void valuesAreHeldWhileTheTableGrowsAndShrinks() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		for (int i = 0; i < 5000; i++) {
			map.put(i, new Sample(i));
		}
		GarbageCollection.collect();
		map.purge();
		assertThat(map).hasSize(5000);
		assertThat(map.heldCount()).isEqualTo(5000);
		for (int i = 100; i < 5000; i++) {
			map.remove(i);
		}
		map.purge();
		GarbageCollection.collect();
		assertThat(heldKeys(map)).hasSize(100);
		for (int i = 0; i < 100; i++) {
			assertThat(map.get(i)).isNotNull();
		}
		pass(map, Duration.ofMinutes(12));
		assertThat(map.heldCount()).isZero();
		GarbageCollection.until(() -> map.size() == 0);
	}

	@Test
	void clearDiscardsComputationsInProgressAndHoldsNothing() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		map.put(1, value(1));
		map.compute(1, (key, old) -> {
			map.clear();
			assertThat(map.heldCount()).isZero();
			return value(2);
		});
		assertThat(map.heldCount()).isZero();
		assertThat(map).isEmpty();
	}

	@Test
	void failedFunctionLeavesTheHeldValueHeld() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		map.put(1, value(1));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> map.compute(1, (key, old) -> {
			throw new IllegalStateException();
		}));
		assertThat(heldKeys(map)).containsExactly(1);
	}

	@Test
	void windowDoesNotKeepItsDictionaryAlive() {
		WeakReference<Object> dictionary = new WeakReference<>(filled());
		GarbageCollection.until(() -> dictionary.refersTo(null));
	}

	private Object filled() {
		WeakValueDictionary<Integer, Sample> map = holding(HOLD_FOR);
		map.put(1, new Sample(1));
		return map;
	}

	/** Keys with one hash code that are comparable and therefore ordered. */
	private record Colliding(int number) implements Comparable<Colliding> {

		@Override
		public int compareTo(Colliding other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

}
