package io.weakref.sample.viewer;

import java.time.Duration;

import io.weakref.sample.tile.Viewport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/**
 * Tests what happens to a viewer whose page no longer reports, and to simulated viewers.
 */
@Tag("slow")
@SpringBootTest(properties = "sample.viewer-timeout=1ms")
@AutoConfigureMockMvc
class SilentViewerTests {

	@Autowired
	private MockMvcTester server;

	@Autowired
	private SimulatedViewers simulatedViewers;

	@Autowired
	private Viewers viewers;

	@Test
	void viewerOfASilentPageIsDismissedAndThenTheSimulatedViewers() {
		Viewport viewport = new Viewport(2, 0, 0, 0, 0);
		Page page = new Page(this.server);
		page.look(viewport);
		this.simulatedViewers.add(viewport);
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> page.ask().getResponse().getStatus() == 404
					&& this.viewers.remembered().stream().noneMatch(Viewer::isPresent));
	}

}
