package io.weakref.collection;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.weakref.GarbageCollection;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of misses of entries that have died a short time ago.
 */
class LostKeysTests {

	private final AtomicLong time = new AtomicLong(Long.MIN_VALUE);

	private final LostKeys lost = new LostKeys(this.time::get);

	private void pass(Duration duration) {
		this.time.addAndGet(duration.toNanos());
	}

	@Test
	void missOfADeadEntryCountsOnce() {
		this.lost.missed(1);
		this.lost.died(1);
		this.lost.died(0);
		this.lost.missed(2);
		assertThat(this.lost.count()).isZero();
		this.lost.missed(1);
		this.lost.missed(1);
		this.lost.missed(0);
		assertThat(this.lost.count()).isEqualTo(2);
		this.lost.died(1);
		this.lost.missed(1);
		assertThat(this.lost.count()).isEqualTo(3);
	}

	@Test
	void deathIsForgottenAfterFiveMinutes() {
		this.lost.died(1);
		this.lost.died(2);
		pass(Duration.ofMinutes(4));
		this.lost.missed(1);
		assertThat(this.lost.count()).isOne();
		this.lost.died(3);
		pass(Duration.ofSeconds(62));
		this.lost.missed(2);
		assertThat(this.lost.count()).isOne();
		this.lost.missed(3);
		assertThat(this.lost.count()).isEqualTo(2);
	}

	@Test
	void manyDeathsAreEstimatedFromASample() {
		for (int many : new int[] { 500, 20_000, 1_000_000, 3_000 }) {
			long before = this.lost.count();
			IntStream.range(0, many).forEach(this.lost::died);
			IntStream.range(0, many).filter((i) -> i % 2 == 0).forEach(this.lost::missed);
			assertThat((double) (this.lost.count() - before)).as("of %d", many / 2)
				.isBetween(0.75 * many / 2, 1.25 * many / 2);
			pass(Duration.ofMinutes(10));
		}
	}

	@Test
	void dictionaryCountsMissesOfEntriesThatHaveJustDied() {
		WeakValueDictionary<Integer, Object> map = WeakValueDictionary.<Integer, Object>builder()
			.recordStats(true)
			.build();
		List<Object> held = IntStream.range(0, 100).mapToObj(Sample::new).map((value) -> (Object) value).toList();
		for (int i = 0; i < 200; i++) {
			map.put(i, (i < 100) ? held.get(i) : new Object());
		}
		GarbageCollection.collect();
		for (int i = 50; i < 250; i++) {
			map.get(i);
		}
		assertThat(map.lostHits()).isEqualTo(100);
		assertThat(map.get(300)).isNull();
		map.put(1000, new Object());
		map.put(1001, new Object());
		GarbageCollection.until(() -> map.size() == 100);
		map.computeIfAbsent(1000, (key) -> held.get(0));
		assertThat(map.containsKey(1001)).isFalse();
		assertThat(map.lostHits()).isEqualTo(101);
		assertThat(map.getOrDefault(1001, held)).isSameAs(held);
		assertThat(map.lostHits()).isEqualTo(102);
		assertThat(map.stats().misses()).isEqualTo(153);
		map.remove(1);
		map.get(1);
		assertThat(map.lostHits()).isEqualTo(102);
		assertThat(held).hasSize(100);
	}

	@Test
	void deadEntryThatIsComputedAgainIsALostHitAmongOrderedKeysToo() {
		WeakValueDictionary<Object, Object> map = WeakValueDictionary.builder().recordStats(true).build();
		for (int i = 0; i < 20; i++) {
			map.put(collision(i), new Object());
		}
		GarbageCollection.collect();
		Object value = new Object();
		map.computeIfAbsent(collision(3), (key) -> value);
		// Keys of one hash code count as one.
		assertThat(map.lostHits()).isOne();
		assertThat(map.get(collision(3))).isSameAs(value);
	}

	/** All of one hash code. */
	private static String collision(int number) {
		StringBuilder text = new StringBuilder();
		for (int bit = 0; bit < 8; bit++) {
			text.append(((number >> bit & 1) == 0) ? "Aa" : "BB");
		}
		return text.toString();
	}

	@Test
	void dictionaryWithoutStatisticsCountsNone() {
		WeakValueDictionary<Integer, Object> map = new WeakValueDictionary<>();
		map.put(1, new Object());
		GarbageCollection.until(() -> map.size() == 0);
		map.get(1);
		assertThat(map.lostHits()).isZero();
	}

}
