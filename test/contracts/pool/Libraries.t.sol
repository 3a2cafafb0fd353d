// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PackedRequest, Request, RequestPacking} from "../../../contracts/pool/PackedRequest.sol";
import {RewardStream, Stream} from "../../../contracts/pool/RewardStream.sol";
import {Position, SignedDifference} from "../../../contracts/pool/SignedDifference.sol";
import {Test} from "../support/Test.sol";

contract PoolLibrariesTest is Test {
    using RequestPacking for PackedRequest;
    using RequestPacking for Request;
    using RewardStream for Stream;
    using SignedDifference for Position;

    function testFuzz_requestSurvivesItsSlot(
        uint256 link,
        uint256 shares,
        uint256 claimed,
        uint256 paid
    ) external pure {
        Request memory r = Request({
            link: bound(link, 0, 2 ** 20 - 1),
            shares: bound(shares, 0, 2 ** 76 - 1),
            claimedShares: 0,
            paidWei: bound(paid, 0, 2 ** 84 - 1)
        });
        r.claimedShares = bound(claimed, 0, r.shares);
        Request memory back = r.pack().unpack();
        check(back.link == r.link && back.shares == r.shares, "link, shares");
        check(back.claimedShares == r.claimedShares && back.paidWei == r.paidWei, "claimed, paid");
    }

    function test_requestThatDoesNotFitIsRefused() external {
        Request[4] memory tooLarge = [
            Request(2 ** 20, 0, 0, 0),
            Request(1, 2 ** 76, 0, 0),
            Request(1, 1, 2, 0),
            Request(1, 1, 1, 2 ** 84)
        ];
        for (uint256 i = 0; i < 4; i++) {
            vm.expectPartialRevert(RequestPacking.RequestOverflow.selector);
            this.pack(tooLarge[i]);
        }
    }

    /// @dev Starting the line again at any moments changes no value by more than a rounding, and never frees wei early.
    function testFuzz_advancedStreamIsTheSameLine(
        uint88 net,
        uint88 fee,
        uint32 length,
        uint32[4] calldata waits
    ) external pure {
        Stream memory straight = Stream({
            netWei: net,
            feeWei: fee,
            start: 1000,
            end: 1000 + uint40(bound(length, 1, 1e9))
        });
        Stream memory advanced = Stream(straight.netWei, straight.feeWei, straight.start, straight.end);
        uint256 dueWei = 0;
        uint256 time = 1000;
        for (uint256 i = 0; i < 4; i++) {
            time += bound(waits[i], 0, 5e8);
            dueWei += advanced.advance(time);
            uint256 exact = straight.unstreamedNetUp(time);
            check(advanced.netWei >= exact && advanced.netWei <= exact + i + 1, "net");
            check(dueWei + advanced.feeWei == fee, "no fee is lost or made");
        }
    }

    function testFuzz_cappedDurationKeepsTheCap(uint88 net, uint88 fee, uint96 total, uint16 bps) external pure {
        uint256 totalWei = bound(total, 1, type(uint88).max);
        uint256 yearlyBps = bound(bps, 300, 2000);
        Stream memory s = Stream({netWei: net, feeWei: fee, start: 0, end: 0});
        uint256 duration = s.cappedSecondsUp(totalWei, yearlyBps, 1 days);
        // Streamed in one year at that speed, against the cap of a year.
        uint256 unstreamed = uint256(net) + fee;
        check(duration * totalWei * yearlyBps >= unstreamed * 365 days * 10_000, "no faster");
        if (duration > 0) check((duration - 1) * totalWei * yearlyBps < unstreamed * 365 days * 10_000, "no slower");
    }

    function test_endNeverMovesForward() external pure {
        Stream memory s = Stream({netWei: 1, feeWei: 1, start: 100, end: 200});
        s.extend(50);
        check(s.end == 200, "earlier is ignored");
        s.extend(500);
        check(s.end == 600, "later is taken");
        s.extend(type(uint256).max - 1000);
        check(s.end == type(uint40).max, "bounded");
        check(s.cappedSecondsUp(0, 1000, 1 days) == type(uint40).max, "no total, no speed");
    }

    /// @dev All ETH of the position: what `book` may change only by the difference.
    function testFuzz_bookMovesTheWholeByTheDifference(
        uint80[5] calldata parts,
        int96 difference,
        uint256 feeBps
    ) external pure {
        Position memory p = Position({
            holdersWei: uint256(parts[0]) + parts[1],
            netWei: parts[1],
            feeWei: parts[2],
            coverWei: parts[3],
            carriedLossWei: parts[4]
        });
        uint256 whole = p.holdersWei + p.feeWei + p.coverWei;
        uint256 rateTotal = p.holdersWei - p.netWei;
        int256 change = int256(difference) < -int256(whole) ? -int256(whole) : int256(difference);
        p.book(change, bound(feeBps, 0, 1500));
        check(int256(p.holdersWei + p.feeWei + p.coverWei) == int256(whole) + change, "whole");
        check(p.coverWei == 0, "cover is used or streamed");
        uint256 buffer = uint256(parts[1]) + parts[2] + parts[3];
        uint256 lossBeyond = change < 0 && uint256(-change) > buffer ? uint256(-change) - buffer : 0;
        check(
            rateTotal - (p.holdersWei - p.netWei) == lossBeyond,
            "the rate's total falls by the loss beyond the buffers only"
        );
        if (change >= 0) {
            uint256 above = uint256(change) > parts[4] ? uint256(change) - parts[4] : 0;
            check(p.feeWei - parts[2] <= (above * 1500) / 10_000, "fee above the mark");
        }
    }

    function pack(Request memory r) external pure returns (PackedRequest) {
        return r.pack();
    }
}
