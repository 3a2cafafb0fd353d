// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPoolRedemptions} from "../../../contracts/interfaces/IPoolRedemptions.sol";
import {StakingPool} from "../../../contracts/pool/StakingPool.sol";
import {Walk} from "../support/Walk.sol";
import {PoolEscapes} from "./PoolEscapes.sol";
import {PoolPlayer} from "./PoolPlayer.sol";

/// @dev I1, I2, I8, I15 and I16 are checked by the handler at each step, the others here after each call.
contract PoolInvariants is Walk {
    PoolEscapes private handler;
    StakingPool private pool;

    function setUp() external {
        handler = new PoolEscapes();
        pool = handler.POOL();
        targetContract(address(new PoolPlayer(handler)));
        _paths = [
            "deposit",
            "mint",
            "request",
            "filled",
            "several cycles filled",
            "fill refused",
            "partly filled",
            "cap below the rate",
            "rate below the cap",
            "paid",
            "claimed in part",
            "start",
            "report replaced",
            "finish",
            "gain",
            "slashed",
            "loss",
            "loss within the buffers",
            "loss made up for",
            "fees minted",
            "streamed",
            "funded",
            "bond burnt",
            "fees burnt",
            "transfer",
            "stop"
        ];
        _play(handler, 24);
    }

    function invariant_booksAreTheSumOfFlowsAndDifferences() public view {
        check(pool.bookedWei() == handler.bookedWei(), "I3: booked");
        check(pool.liquidWei() == handler.liquidWei(), "I3: liquid");
        check(pool.reservedWei() == handler.reservedWei(), "I3: reserved");
        uint256 sum = pool.balanceOf(0x000000000000000000000000000000000000dEaD) + pool.balanceOf(address(pool));
        for (uint256 i = 0; i < 4; i++) sum += pool.balanceOf(handler.actor(i));
        sum += pool.balanceOf(handler.treasury()) + pool.balanceOf(handler.seats()) + pool.balanceOf(handler.bonds());
        check(sum == pool.totalSupply(), "I4: shares of all are the supply");
        (uint256 feeWei, uint256 gainWei) = handler.feeAndGainWei();
        check(feeWei <= gainWei / 10, "I10: fees are a tenth of gains above the mark");
    }

    function invariant_claimsAreBackedAndPaidOnce() public view {
        check(address(pool).balance >= pool.reservedWei() + pool.liquidWei(), "I5: ETH is there");
        uint256 due = 0;
        uint256 current = pool.currentCycle();
        for (uint256 i = 0; i < 4; i++) {
            address controller = handler.actor(i);
            uint256 claimable = 0;
            for (uint256 id = 1; id <= current; id++) claimable += pool.claimableAssets(id, controller);
            due += claimable;
            // I6, I7: what was paid and what can be claimed are together what the fills owe, to a wei for each.
            uint256 owed = handler.dueWei(controller);
            uint256 have = handler.claimedWei(controller) + claimable;
            check(have + handler.fillCount() >= owed && have <= owed + handler.fillCount(), "I6, I7: due");
        }
        check(due <= pool.reservedWei(), "I7: all that is due is set aside");
    }

    function invariant_cyclesAreFilledInOrder() public view {
        uint256 current = pool.currentCycle();
        uint256 waiting = 0;
        bool earlierWaits = false;
        for (uint256 id = 1; id <= current; id++) {
            IPoolRedemptions.Cycle memory cycle = pool.cycle(id);
            (uint256 shares, uint256 filled) = handler.cycleShares(id);
            check(cycle.shares == shares && cycle.filledShares == filled, "as in the ledger");
            check(!earlierWaits || filled == 0, "I9: a later cycle was filled first");
            if (filled < shares) earlierWaits = true;
            waiting += shares - filled;
        }
        check(pool.balanceOf(address(pool)) == waiting, "I4: the escrow holds what waits");
        check(pool.queueWei() <= pool.convertToAssets(waiting) + 3, "the queue needs no more than the rate");
    }

    /// @dev Rare paths need more than one run: these are games of their own, always the same ones.
    function test_everyPathIsReached() external override {
        uint256[] memory reached = new uint256[](_paths.length);
        for (uint256 game = 0; game < 6; game++) {
            PoolEscapes players = new PoolEscapes();
            for (uint256 i = 0; i < _steps; i++) {
                players.play(uint256(keccak256(abi.encode(game, i))));
                _requireNoViolation(players);
            }
            for (uint256 i = 0; i < reached.length; i++) reached[i] += players.reached(_paths[i]);
            if (game % 2 == 0) players.leaveByReports();
            else players.leaveByClosing();
        }
        for (uint256 i = 0; i < reached.length; i++) {
            check(reached[i] > 0, string.concat("never reached: ", _paths[i]));
        }
    }

    /// @dev I17: whatever happened, everybody gets out, by reports or by closing.
    function afterInvariant() public override {
        super.afterInvariant();
        if (handler.fillCount() % 2 == 0) handler.leaveByReports();
        else handler.leaveByClosing();
    }

    function _requireInvariants() internal view override {
        invariant_booksAreTheSumOfFlowsAndDifferences();
        invariant_claimsAreBackedAndPaidOnce();
        invariant_cyclesAreFilledInOrder();
    }
}
