package io.weakref.reference;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of which objects are not suitable as weak referents.
 */
class ReferentCheckTests {

	private final ReferentCheck check = new ReferentCheck();

	@ParameterizedTest
	@MethodSource
	void objectsThatNeverDieOrDieAtOnceAreObjectedTo(Object referent, String reason) {
		assertThat(this.check.objectionTo(referent)).contains(reason);
		assertThat(this.check.objectionTo(referent)).contains(reason);
	}

	static Stream<Arguments> objectsThatNeverDieOrDieAtOnceAreObjectedTo() {
		Object captured = new Object();
		Supplier<String> capturing = () -> captured.toString();
		Supplier<String> withoutCaptures = () -> "";
		Supplier<String> bound = captured::toString;
		return Stream.of(Arguments.of("text", "String"), Arguments.of(1, "boxed"), Arguments.of(1L, "boxed"),
				Arguments.of((short) 1, "boxed"), Arguments.of((byte) 1, "boxed"), Arguments.of('c', "boxed"),
				Arguments.of(true, "boxed"), Arguments.of(1.0, "boxed"), Arguments.of(1.0f, "boxed"),
				Arguments.of(TimeUnit.DAYS, "enum"), Arguments.of(Sign.PLUS, "enum"),
				Arguments.of(Optional.empty(), "value-based"), Arguments.of(OptionalInt.of(1), "value-based"),
				Arguments.of(LocalDate.EPOCH, "value-based"), Arguments.of(Duration.ZERO, "value-based"),
				Arguments.of(List.of(), "value-based"), Arguments.of(List.of(1, 2, 3), "value-based"),
				Arguments.of(Set.of(1), "value-based"), Arguments.of(Map.of(), "value-based"),
				Arguments.of(Map.entry(1, 2), "value-based"), Arguments.of(String.class, "class of the JDK"),
				Arguments.of(int.class, "class of the JDK"), Arguments.of(withoutCaptures, "never dies"),
				Arguments.of(capturing, "dies immediately"), Arguments.of(bound, "dies immediately"),
				Arguments.of(WeakProxy.of(List.class, new ArrayList<>()), "weak proxy"));
	}

	@ParameterizedTest
	@MethodSource
	void objectsWithALifeOfTheirOwnAreFine(Object referent) {
		assertThat(this.check.objectionTo(referent)).isNull();
		assertThat(this.check.objectionTo(referent)).isNull();
	}

	static Stream<Object> objectsWithALifeOfTheirOwnAreFine() {
		return Stream.of(new Object(), new byte[1], new int[1][1], new ArrayList<>(), new Thread(),
				ReferentCheckTests.class, new Point(1, 2), new Object() {
				});
	}

	@Test
	void rememberedClassDoesNotHideAnother() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.check.objectionTo(new Object())).isNull();
			assertThat(this.check.objectionTo("text")).isNotNull();
			assertThat(this.check.objectionTo(new Point(1, 2))).isNull();
			assertThat(this.check.objectionTo(ReferentCheckTests.class)).isNull();
			assertThat(this.check.objectionTo(Object.class)).isNotNull();
		}
	}

	private enum Sign {

		PLUS {
			@Override
			public String toString() {
				return "+";
			}
		}

	}

	private record Point(int x, int y) {
	}

}
