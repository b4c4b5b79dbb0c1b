package com.example.documents;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests the failure analysis of a slice that does not include weak caches.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class SliceAnalysisTests {

	@Test
	void sliceWithoutWeakCachesIsAnsweredWithHowToIncludeThem(CapturedOutput output) {
		assertThatIllegalStateException().isThrownBy(Slice::start);
		assertThat(output).contains("Parameter 0 of constructor in " + DocumentService.class.getName())
			.contains("the auto-configuration of weak caches is not part of this application context")
			.contains("@ImportAutoConfiguration(WeakrefAutoConfiguration.class)");
	}

	@Test
	void sliceOfAnApplicationThatDisablesWeakCachesIsAnsweredWithThatCause(CapturedOutput output) {
		assertThatIllegalStateException().isThrownBy(SliceWhereOff::start);
		assertThat(output).contains("weak caches are disabled: 'weakref.enabled' is false.");
	}

	@WebMvcTest(DocumentController.class)
	@Import(DocumentService.class)
	static class Slice {

		static void start() {
			new TestContextManager(Slice.class).getTestContext().getApplicationContext();
		}

	}

	@WebMvcTest(DocumentController.class)
	@Import(DocumentService.class)
	@TestPropertySource(properties = "weakref.enabled=false")
	static class SliceWhereOff {

		static void start() {
			new TestContextManager(SliceWhereOff.class).getTestContext().getApplicationContext();
		}

	}

}
