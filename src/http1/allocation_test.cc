// A parser allocates nothing: its head's lines go into the arena, whose blocks are the worker's.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "http1/chunked.h"
#include "http1/parsing_for_tests.h"

namespace {

std::size_t allocations = 0;

void* counted(std::size_t bytes) {
  ++allocations;
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace minato::http1 {
namespace {

/// How often memory was asked for by the second of two heads: the first one warms the pool up.
template <class Parser>
std::size_t allocations_of_second(Parser& parser, Arena& arena, std::string_view bytes) {
  EXPECT_EQ(parser.feed(bytes), Progress::done);
  arena.reset();
  parser.reset();
  const std::size_t before = allocations;
  EXPECT_EQ(parser.feed(bytes), Progress::done);
  return allocations - before;
}

TEST(ParsersAllocateNothing, ForARequest) {
  RequestUnderTest request(
      "POST /a/b?c=d HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nCookie: e=f\r\n"
      "User-Agent: test\r\nX-One: 1\r\nX-Two: 2\r\nX-Three: 3\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(allocations_of_second(request.parser, request.arena, request.text), 0u);
}

TEST(ParsersAllocateNothing, ForAResponse) {
  ResponseUnderTest response(
      "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/html\r\n"
      "X-One: 1\r\nX-Two: 2\r\nSet-Cookie: a=b\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(allocations_of_second(response.parser, response.arena, response.text), 0u);
}

TEST(ParsersAllocateNothing, ForAChunkedBody) {
  BlockPool pool;
  Arena arena(pool);
  http::Fields trailers(arena);
  ChunkedDecoder decoder(trailers);
  std::string_view input = "5\r\nhello\r\n5;x=y\r\nworld\r\n0\r\n\r\n";
  const std::size_t before = allocations;
  EXPECT_EQ(decoder.next(input), ChunkedDecoder::Step::data);
  EXPECT_EQ(decoder.next(input), ChunkedDecoder::Step::data);
  EXPECT_EQ(decoder.next(input), ChunkedDecoder::Step::end);
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace minato::http1
