// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.cpulocal.jackson.tests.Serialized;
import java.io.OutputStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.base.GeneratorBase;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.databind.json.JsonMapper;

/** Parsers and generators of Jackson 3, which take a recycler each until they are closed. */
class StreamingTest {

    private static final String DOCUMENT = "{\"a\":123,\"b\":\"foobar\"}";

    private final CpuRecyclerPool pool = CpuRecyclerPool.create(8, 8);
    private final JsonFactory factory = JsonFactory.builder().recyclerPool(pool).build();

    @Test
    void parserReleasesWhenItIsClosed() {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), DOCUMENT)) {
            assertEquals(1, pool.statistics().made());
            assertEquals(0, pool.pooledCount());
            assertEquals(JsonToken.START_OBJECT, parser.nextToken());
            assertEquals(JsonToken.PROPERTY_NAME, parser.nextToken());
            assertEquals("a", parser.currentName());
            assertEquals(JsonToken.VALUE_NUMBER_INT, parser.nextToken());
            assertEquals(123, parser.getIntValue());
            assertEquals(JsonToken.PROPERTY_NAME, parser.nextToken());
            assertEquals("b", parser.currentName());
            assertEquals(JsonToken.VALUE_STRING, parser.nextToken());
            assertEquals("foobar", parser.getString());
            assertEquals(JsonToken.END_OBJECT, parser.nextToken());
        }
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void parserReleasesAtTheEndOfInput() {
        JsonParser parser = factory.createParser(ObjectReadContext.empty(), "[]");
        assertEquals(JsonToken.START_ARRAY, parser.nextToken());
        assertEquals(JsonToken.END_ARRAY, parser.nextToken());
        assertNull(parser.nextToken());
        assertEquals(1, pool.pooledCount());
        parser.close();
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void parserOfWrongInputReleasesWhenItIsClosed() {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), "]")) {
            assertThrows(JacksonException.class, parser::nextToken);
        }
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void generatorReleasesWhenItIsClosed() {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), text)) {
            generator.writeStartObject();
            generator.writeNumberProperty("a", 123);
            generator.writeStringProperty("b", "foobar");
            generator.writeEndObject();
            assertEquals(1, pool.statistics().made());
            assertEquals(0, pool.pooledCount());
        }
        assertEquals(DOCUMENT, text.toString());
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void usedRecyclerIsTheNextOne() {
        CpuRecyclerPool one = CpuRecyclerPool.create(1, 1);
        JsonFactory ofOne = JsonFactory.builder().recyclerPool(one).build();
        BufferRecycler used;
        try (JsonGenerator generator =
                ofOne.createGenerator(
                        ObjectWriteContext.empty(), OutputStream.nullOutputStream())) {
            used = ((GeneratorBase) generator).ioContext().bufferRecycler();
            generator.writeString("test");
        }
        BufferRecycler next = one.acquireAndLinkPooled();
        assertSame(used, next);
        next.releaseToPool();
    }

    @Test
    void closingAgainReleasesNothing() {
        CpuRecyclerPool one = CpuRecyclerPool.create(1, 1);
        JsonFactory ofOne = JsonFactory.builder().recyclerPool(one).build();
        JsonParser first = ofOne.createParser(ObjectReadContext.empty(), "[1]");
        first.close();
        first.close();
        assertEquals(1, one.pooledCount());
        try (JsonParser second = ofOne.createParser(ObjectReadContext.empty(), "[2]")) {
            first.close();
            assertEquals(0, one.pooledCount());
            assertEquals(JsonToken.START_ARRAY, second.nextToken());
        }
        assertEquals(1, one.pooledCount());
    }

    @Test
    void severalParsersAtOnceHaveARecyclerEach() {
        List<JsonParser> parsers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            parsers.add(
                    factory.createParser(
                            ObjectReadContext.empty(), "[" + i + ",\"" + "x".repeat(i) + "\"]"));
        }
        for (JsonParser parser : parsers) {
            assertEquals(JsonToken.START_ARRAY, parser.nextToken());
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(JsonToken.VALUE_NUMBER_INT, parsers.get(i).nextToken());
            assertEquals(i, parsers.get(i).getIntValue());
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(JsonToken.VALUE_STRING, parsers.get(i).nextToken());
            assertEquals("x".repeat(i), parsers.get(i).getString());
        }
        for (JsonParser parser : parsers) {
            parser.close();
        }
        assertEquals(5, pool.statistics().made());
        assertEquals(5, pool.pooledCount());
    }

    @Test
    void documentIsCopiedFromParserToGenerator() {
        StringWriter text = new StringWriter();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), DOCUMENT);
                JsonGenerator generator =
                        factory.createGenerator(ObjectWriteContext.empty(), text)) {
            while (parser.nextToken() != null) {
                generator.copyCurrentEvent(parser);
            }
        }
        assertEquals(DOCUMENT, text.toString());
        assertEquals(2, pool.pooledCount());
    }

    @Test
    void factoryKeepsItsPoolWhenItIsSerialized() throws Exception {
        JsonFactory copy = (JsonFactory) Serialized.copy(factory);
        assertPool(copy._getRecyclerPool());
        JsonFactory shared = JsonFactory.builder().recyclerPool(CpuRecyclerPool.shared()).build();
        JsonFactory sharedCopy = (JsonFactory) Serialized.copy(shared);
        assertSame(CpuRecyclerPool.shared(), sharedCopy._getRecyclerPool());
    }

    @Test
    void mapperKeepsItsPoolWhenItIsSerialized() throws Exception {
        JsonMapper copy = (JsonMapper) Serialized.copy(Mapper.mapper(pool));
        assertPool(copy.tokenStreamFactory()._getRecyclerPool());
        assertEquals("[1]", copy.writeValueAsString(List.of(1)));
        JsonMapper sharedCopy =
                (JsonMapper) Serialized.copy(Mapper.mapper(CpuRecyclerPool.shared()));
        assertSame(CpuRecyclerPool.shared(), sharedCopy.tokenStreamFactory()._getRecyclerPool());
    }

    /** It is another one, with the same bounds. */
    private void assertPool(Object read) {
        CpuRecyclerPool copy = (CpuRecyclerPool) read;
        assertNotSame(pool, copy);
        assertEquals(8, copy.maxPerCpu());
        assertEquals(8, copy.maxTotal());
    }
}
